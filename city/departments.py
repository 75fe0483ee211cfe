"""Which kinds of department a class may name as responsible: a short closed list, so that every city's profile means the same by a word."""

from collections.abc import Mapping

from city.names import Name

DEPARTMENTS: Mapping[str, Name] = {
    "sanitation": Name(zh="环境卫生", en="Sanitation"),
    "enforcement": Name(zh="城市管理执法", en="Urban management enforcement"),
    "advertising": Name(zh="户外广告管理", en="Outdoor advertising"),
    "landscaping": Name(zh="园林绿化", en="Parks and landscaping"),
    "roads": Name(zh="市政道路桥梁", en="Municipal roads and bridges"),
    "drainage": Name(zh="排水", en="Drainage and sewerage"),
    "water": Name(zh="供水", en="Water supply"),
    "gas": Name(zh="燃气", en="Gas"),
    "heating": Name(zh="供热", en="Heating"),
    "power": Name(zh="供电", en="Power"),
    "lighting": Name(zh="城市照明", en="Street lighting"),
    "telecom": Name(zh="通信", en="Telecommunications"),
    "traffic_police": Name(zh="公安交管", en="Traffic police"),
    "transport": Name(zh="交通运输", en="Transport"),
    "housing": Name(zh="住房和城乡建设", en="Housing and construction"),
    "rivers": Name(zh="水务河道", en="Rivers and flood control"),
    "environment": Name(zh="生态环境", en="Ecology and environment"),
    "police": Name(zh="公安", en="Public security"),
    "fire": Name(zh="消防救援", en="Fire and rescue"),
    "emergency": Name(zh="应急管理", en="Emergency management"),
    "market": Name(zh="市场监督管理", en="Market supervision"),
    "health": Name(zh="卫生健康", en="Health"),
    "agriculture": Name(zh="农业农村", en="Agriculture"),
    "commerce": Name(zh="商务", en="Commerce"),
    "sports": Name(zh="文化旅游和体育", en="Culture, tourism and sports"),
    "civil_affairs": Name(zh="民政", en="Civil affairs"),
    "justice": Name(zh="司法行政", en="Justice and mediation"),
    "labour": Name(zh="人力资源和社会保障", en="Human resources and social security"),
    "town": Name(zh="街道办事处（乡镇政府）", en="Subdistrict or town government"),
    "operations": Name(zh="城市运行管理", en="City operations"),
}
"""By the word that data use; the name is what users see."""
