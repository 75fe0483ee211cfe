"""What the numbers inside a place code say: which kind of prefecture, county, town or community, by the ranges of the national rules.

Prefecture and county: digits 3-4 and 5-6 of GB/T 2260. Town: digits 7-9 of GB/T 10114. Community: digits 10-12, whose ranges are observed
in published code lists and so name a kind but refuse nothing. No table of provinces is kept here: what exists is for a city's data to say.
"""

from enum import StrEnum


class PrefectureKind(StrEnum):
    """What digits 3-4 say lies between the province and the county."""

    CITY = "city"
    PREFECTURE = "prefecture"
    MUNICIPAL_DISTRICTS = "municipal_districts"
    MUNICIPAL_COUNTIES = "municipal_counties"
    DIRECT = "direct"


class CountyKind(StrEnum):
    """What digits 5-6 say a county-level division is."""

    DISTRICT = "district"
    COUNTY = "county"
    CITY = "city"
    WHOLE_CITY = "whole_city"


class TownClass(StrEnum):
    """What kind of town the town's three digits say it is."""

    STREET = "street"
    TOWN = "town"
    TOWNSHIP = "township"
    ENTERPRISE = "enterprise"

    @classmethod
    def of(cls, segment: str) -> "TownClass":
        """The class of a town's three digits. Raises ValueError when no class begins with the first of them."""
        if segment[:1] not in _TOWN_CLASSES:
            raise ValueError(f"{segment!r}: no town class begins with {segment[:1]} (000-599 are in use)")
        return cls(_TOWN_CLASSES[segment[0]])


class CommunityKind(StrEnum):
    """What a community's three digits are observed to mean; UNLISTED where no list that was seen has such a number."""

    RESIDENTS = "residents"
    VILLAGERS = "villagers"
    SIMILAR = "similar"
    MERGED = "merged"
    UNLISTED = "unlisted"


_TOWN_CLASSES = {"0": "street", "1": "town", "2": "township", "3": "township", "4": "enterprise", "5": "enterprise"}
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
# Prefecture-level cities without any county-level division: their own summary code stands where a district's would (assumed, from memory).
_UNDIVIDED = frozenset({"4419", "4420", "4604", "6202"})


def is_municipality(code: str) -> bool:
    """Whether a place lies in a municipality directly under the central government (Beijing, Tianjin, Shanghai, Chongqing)."""
    return code[:2] in _MUNICIPALITIES


def prefecture_kind(code: str) -> PrefectureKind | None:
    """The kind that digits 3-4 of a place code name; None for a province's summary 00 and for numbers outside the ranges of GB/T 2260."""
    segment = code[2:4]
    if is_municipality(code):
        return {"01": PrefectureKind.MUNICIPAL_DISTRICTS, "02": PrefectureKind.MUNICIPAL_COUNTIES}.get(segment)
    if "01" <= segment <= "20" or "51" <= segment <= "70":
        return PrefectureKind.CITY
    if "21" <= segment <= "50":
        return PrefectureKind.PREFECTURE
    return PrefectureKind.DIRECT if segment == "90" else None


def county_kind(code: str) -> CountyKind | None:
    """The kind that digits 5-6 of a place code name; None for a city's summary 00 (but for cities that have no districts at all).

    Directly under a province (digits 3-4 are 90) 01-20 are cities, because nothing has districts there.
    """
    segment = code[4:6]
    if segment == "00":
        return CountyKind.WHOLE_CITY if code[:4] in _UNDIVIDED else None
    if "01" <= segment <= "20":
        return CountyKind.CITY if prefecture_kind(code) is PrefectureKind.DIRECT else CountyKind.DISTRICT
    if "21" <= segment <= "80":
        return CountyKind.COUNTY
    return CountyKind.CITY if "81" <= segment <= "99" else None


def community_kind(code: str) -> CommunityKind:
    """The kind that digits 10-12 of a place code are observed to name."""
    segment = code[9:12]
    if "001" <= segment <= "199":
        return CommunityKind.RESIDENTS
    if "200" <= segment <= "399":
        return CommunityKind.VILLAGERS
    if "400" <= segment <= "599":
        return CommunityKind.SIMILAR
    return CommunityKind.MERGED if segment >= "601" else CommunityKind.UNLISTED


def province_flaws(code: str) -> list[str]:
    """What is impossible about a province's two digits."""
    return [f"no province has the number {code}"] if code < "10" else []


def prefecture_flaws(code: str) -> list[str]:
    """What is impossible about digits 3-4 of a 4-digit code."""
    segment = code[2:4]
    if segment == "00":
        return ["00 is a province's summary, not a city"]
    if prefecture_kind(code) is not None:
        return []
    if is_municipality(code):
        return [f"under a municipality digits 3-4 are 01 (districts) or 02 (counties), not {segment}"]
    ranges = "01-20 or 51-70 (city), 21-50 (prefecture) or 90 (directly under the province)"
    return [f"digits 3-4 are {ranges}, not {segment}"]


def county_flaws(code: str) -> list[str]:
    """What is impossible about digits 5-6 of a 6-digit code."""
    return [] if code[4:6] != "00" or county_kind(code) else ["00 is a city's summary, not a district"]


def town_flaws(segment: str) -> list[str]:
    """What is impossible about a town's three digits."""
    return [] if "001" <= segment <= "599" else [f"a town's number lies in 001-599, not {segment}"]


def community_flaws(segment: str) -> list[str]:
    """What is impossible about a community's three digits: only the summary 000."""
    return ["a community's number begins at 001"] if segment == "000" else []
