"""Whether the 18 characters of a unified social credit code can be one: alphabet, segments, and both of their check characters.

Laid out as GB 32100 does: registering department, category, six digits of the division, nine characters of the organisation (which end with
a check character of their own, GB 11714), and a check character over the 17 before it. The rules are written from memory and hold for
published codes; they were not read in the standards.
"""

from typing import NamedTuple

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters; I, O, S, V and Z are left out because they are misread."""

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_MODULUS = len(ALPHABET)
_WEIGHTS = tuple(pow(3, place, _MODULUS) for place in range(LENGTH - 1))
_ORGANISATION_VALUES = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_CHECKS = "0123456789X"
ORGANISATION_LENGTH = len(_ORGANISATION_WEIGHTS) + 1


class CreditCode(NamedTuple):
    """A credit code taken apart; `organisation` is the nine-character code with its own check character."""

    department: str
    category: str
    division: str
    organisation: str
    check: str


def parse_credit_code(text: str) -> CreditCode:
    """The parts of a credit code. Raises ValueError with everything that is wrong with it."""
    flaws = credit_code_flaws(text)
    if flaws:
        raise ValueError(f"{text!r}: {'; '.join(flaws)}")
    return CreditCode(text[0], text[1], text[2:8], text[8:17], text[17])


def credit_code_flaws(text: str) -> list[str]:
    """What is wrong with a credit code, in words; empty when it can be one. Small letters are wrong: the code is written in capitals."""
    if len(text) != LENGTH:
        return [f"a unified social credit code has {LENGTH} characters, not {len(text)}"]
    strange = sorted(set(text) - _VALUES.keys())
    if strange:
        return [f"{', '.join(strange)} is not written in a credit code (digits and capitals without I, O, S, V, Z)"]
    flaws = []
    if not text[2:8].isdigit():
        flaws.append(f"the division {text[2:8]} is not six digits")
    if text[16] != organisation_check(text[8:16]):
        flaws.append(f"the organisation code {text[8:17]} should end with {organisation_check(text[8:16])}")
    if text[17] != credit_check(text[:17]):
        flaws.append(f"the last character should be {credit_check(text[:17])}, not {text[17]}")
    return flaws


def credit_check(first: str) -> str:
    """The check character over the first 17: their values weighted with the powers of 3, filled up to a multiple of 31.

    Raises ValueError when there are not 17 characters of the alphabet.
    """
    if len(first) != len(_WEIGHTS) or not set(first) <= _VALUES.keys():
        raise ValueError(f"{first!r} is not the first {len(_WEIGHTS)} characters of a credit code")
    total = sum(weight * _VALUES[character] for weight, character in zip(_WEIGHTS, first, strict=True))
    return ALPHABET[-total % _MODULUS]


def organisation_check(first: str) -> str:
    """The check character over the first eight of an organisation code (GB 11714): modulo 11, with X for ten.

    Raises ValueError when there are not eight digits or capitals.
    """
    if len(first) != len(_ORGANISATION_WEIGHTS) or not set(first) <= _ORGANISATION_VALUES.keys():
        raise ValueError(f"{first!r} is not the first {len(_ORGANISATION_WEIGHTS)} characters of an organisation code")
    weighed = zip(_ORGANISATION_WEIGHTS, first, strict=True)
    total = sum(weight * _ORGANISATION_VALUES[character] for weight, character in weighed)
    return _ORGANISATION_CHECKS[-total % len(_ORGANISATION_CHECKS)]


def organisation_flaws(text: str) -> list[str]:
    """What is wrong with a nine-character organisation code, also as written with a hyphen before its check character."""
    plain = text[:8] + text[9:] if text[8:9] == "-" else text
    if len(plain) != ORGANISATION_LENGTH or not set(plain[:8]) <= _ORGANISATION_VALUES.keys():
        return [f"an organisation code has eight digits or capitals and a check character, unlike {text!r}"]
    expected = organisation_check(plain[:8])
    return [] if plain[8] == expected else [f"{text} should end with {expected}, not {plain[8]}"]
