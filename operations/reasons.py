"""What each listed reason means, in Chinese; the English sentence comes with the refusal itself."""

from collections.abc import Mapping

from messages.rejects import Reason

ZH: Mapping[Reason, str] = {
    Reason.UNKNOWN_TOPIC: "没有这个主题",
    Reason.NOT_JSON: "内容不是有效的 JSON",
    Reason.NOT_AN_OBJECT: "内容不是 JSON 对象",
    Reason.TOO_LARGE: "内容过大",
    Reason.MISSING_FIELD: "缺少必填项",
    Reason.BAD_FIELD: "有一项的值不正确",
    Reason.BAD_TIME: "时间无法识别",
    Reason.FROM_THE_FUTURE: "时间超前五分钟以上，请校准时钟",
    Reason.TOO_OLD: "时间过早，本市不再受理",
    Reason.TOO_MANY_VALUES: "一条消息的数值过多",
    Reason.BAD_POSITION: "位置不正确",
    Reason.OUTSIDE_THE_CITY: "位置不在本市网格之内",
    Reason.UNKNOWN_SENDER: "发送者未登记",
    Reason.WRONG_DISTRICT: "不属于这个区",
    Reason.UNKNOWN_METRIC: "指标未登记",
    Reason.IMPOSSIBLE_VALUE: "数值超出可能的范围",
    Reason.UNKNOWN_CLASS: "事件类别未登记",
    Reason.UNKNOWN_TASK: "没有这项任务",
    Reason.NOT_ALLOWED_NOW: "当前状态不允许这样做",
}
