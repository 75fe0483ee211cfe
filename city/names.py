"""What a thing is called, in Chinese and in English."""

from msgspec import Struct


class Name(Struct, frozen=True):
    """A text that users see, in both languages."""

    zh: str
    en: str
