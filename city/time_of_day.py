"""Times of day as people write them, in minutes since midnight."""

MINUTES_AN_HOUR = 60
MINUTES_A_DAY = 24 * MINUTES_AN_HOUR


def minutes_of(text: str) -> int:
    """Minutes since midnight of "HH:MM", 00:00 to 24:00. Raises ValueError when the text is no such time."""
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdigit() and minutes.isdigit()):
        raise ValueError(f"{text!r} is not a time of day like 08:30")
    total = int(hours) * MINUTES_AN_HOUR + int(minutes)
    if int(minutes) >= MINUTES_AN_HOUR or total > MINUTES_A_DAY:
        raise ValueError(f"{text!r} is not a time of day between 00:00 and 24:00")
    return total
