"""Which partition a district's records lie in: its stored index modulo the partition count, the same for every client."""

from collections.abc import Mapping

from city.registry import District

UNKNOWN = "unknown"


def partition_of(district: str, districts: Mapping[str, District], partitions: int) -> int:
    """The partition of `district`; what belongs to no registered district lies in partition 0 under the key `unknown`."""
    known = districts.get(district)
    return known.index % partitions if known else 0
