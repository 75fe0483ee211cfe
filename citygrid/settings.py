"""What this installation is told to be: defaults, then citygrid.toml, then CITYGRID_… variables, then flags.

Whatever is wrong is told all at once, each with the place where it stands; an unknown key with the nearest right one.
"""

import difflib
import math
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from adapters.history_place import Secret

FILE = "citygrid.toml"
PREFIX = "CITYGRID_"
FOR_OTHERS = frozenset({"CITYGRID_CACHE_DIR", "CITYGRID_CONFIG", "CITYGRID_REAL_DATA", "CITYGRID_VENV"})
MOST_PARTITIONS = 1024
MOST_DAYS = 36_500
MOST_OF_A_KIND = 64
MOST_SECONDS = 86_400
MOST_PHOTOS_MB = 2**40


class Settings(Struct, frozen=True, kw_only=True):
    """The settings in force. `chosen` names those that somebody chose; the others are defaults and may give way (a port, to a free one)."""

    data_dir: Path = Path(".citygrid")
    city: Path = Path("examples/demo")
    kafka: str = "127.0.0.1:9092"
    mqtt: str = "127.0.0.1:1883"
    http: str = "127.0.0.1:8080"
    partitions: int = 16
    rate: float = 50.0
    seed: int = 2018
    history: str = "sqlite"
    history_days: int = 30
    history_url: str = "http://127.0.0.1:8086"
    history_org: str = "citygrid"
    history_bucket: str = "citygrid"
    history_token: Secret = Secret("")
    gateways: int = 1
    workers: int = 1
    gateway_mqtt: str = ""
    ready_patience: int = 120
    photos_mb: int = 10_240
    districts: tuple[str, ...] = ()
    except_districts: tuple[str, ...] = ()
    name: str = ""
    qos: int = 1
    chosen: frozenset[str] = frozenset()


class WrongSetting(Struct, frozen=True):
    """One mistake in the settings: where it stands, and a sentence."""

    where: str
    sentence: str

    def __str__(self) -> str:
        """As the user reads it."""
        return f"{self.where}: {self.sentence}"


class Given(Struct, frozen=True):
    """One setting as somebody gave it; `base` is the folder that a relative path in it is meant from."""

    key: str
    value: Any
    where: str
    base: Path = Path()


def load(
    config: Path | None, environment: Mapping[str, str], flags: Mapping[str, Any]
) -> Settings | list[WrongSetting]:
    """The settings from `config` (None: citygrid.toml in the working folder, if there is one), the environment and the flags that are not None."""
    mistakes: list[WrongSetting] = []
    values: dict[str, Any] = {}
    for given in (*_from_file(config, mistakes), *_from_environment(environment), *_from_flags(flags)):
        if given.key not in PARSERS:
            mistakes.append(WrongSetting(given.where, _unknown(given.key)))
            continue
        try:
            values[given.key] = PARSERS[given.key](given.value, given.base)
        except ValueError as problem:
            mistakes.append(WrongSetting(given.where, f"{given.key} = {given.value!r}: {problem}."))
    return mistakes or replace(Settings(**values), chosen=frozenset(values))


def _from_file(config: Path | None, mistakes: list[WrongSetting]) -> list[Given]:
    path = config or Path(FILE)
    if config is None and not path.is_file():
        return []
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        mistakes.append(WrongSetting(str(path), f"this is not TOML: {problem}."))
    except (OSError, UnicodeDecodeError) as problem:
        mistakes.append(WrongSetting(str(path), f"this settings file cannot be read: {problem}."))
    else:
        return [Given(key, value, f"{path}, line {_line_of(key, text)}", path.parent) for key, value in table.items()]
    return []


def _from_environment(environment: Mapping[str, str]) -> list[Given]:
    ours = sorted(name for name in environment if name.startswith(PREFIX) and name not in FOR_OTHERS)
    return [Given(name.removeprefix(PREFIX).lower(), environment[name], f"the variable {name}") for name in ours]


def _from_flags(flags: Mapping[str, Any]) -> list[Given]:
    return [Given(key, value, f"--{key.replace('_', '-')}") for key, value in flags.items() if value is not None]


def _line_of(key: str, text: str) -> int:
    found = re.search(rf"^\s*\[*\s*[\"']?{re.escape(key)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else 1


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, PARSERS, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(sorted(PARSERS))}."
    return f"there is no setting {key}; {hint}"


def _folder(value: Any, base: Path) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip():
        raise ValueError("a folder is wanted")
    return base / Path(value).expanduser()


def _address(value: Any, _base: Path) -> str:
    host, _, port = str(value).rpartition(":")
    if not host or "/" in host or not port.isdecimal() or int(port) >= 1 << 16:
        raise ValueError('an address like "127.0.0.1:9092" is wanted')
    return str(value)


def _address_or_none(value: Any, base: Path) -> str:
    return "" if value == "" else _address(value, base)


def _whole(least: int, most: int) -> Callable[[Any, Path], int]:
    def parse(value: Any, _base: Path) -> int:
        try:
            number = int(str(value))
        except ValueError:
            number = least - 1
        if isinstance(value, bool) or not least <= number <= most:
            raise ValueError(f"a whole number from {least} to {most} is wanted")
        return number

    return parse


def _rate(value: Any, _base: Path) -> float:
    try:
        rate = float(value)
    except (TypeError, ValueError):
        rate = math.nan
    if isinstance(value, bool) or not (math.isfinite(rate) and rate > 0):
        raise ValueError("a number of readings a second above 0 is wanted")
    return rate


def _districts(value: Any, _base: Path) -> tuple[str, ...]:
    codes = [code.strip() for code in value.split(",") if code.strip()] if isinstance(value, str) else value
    if not isinstance(codes, list | tuple) or not all(
        isinstance(code, str) and re.fullmatch(r"\d{6}", code) for code in codes
    ):
        raise ValueError('district codes of six digits are wanted, like ["990101", "990102"]')
    return tuple(codes)


def _name(value: Any, _base: Path) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", value):
        raise ValueError("a process name of letters, digits, '.', '_' and '-' is wanted, like gateway-2")
    return value


def _history(value: Any, _base: Path) -> str:
    if value not in {"sqlite", "influxdb"}:
        raise ValueError('"sqlite" or "influxdb" is wanted')
    return str(value)


def _url(value: Any, _base: Path) -> str:
    if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", str(value)):
        raise ValueError('an address like "http://127.0.0.1:8086" is wanted')
    return str(value).rstrip("/")


def _text(value: Any, _base: Path) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a name is wanted")
    return value


def _secret(value: Any, _base: Path) -> Secret:
    return Secret(str(value).strip())


def _qos(value: Any, _base: Path) -> int:
    if isinstance(value, bool) or str(value) != "1":
        raise ValueError("only QoS 1 is safe here: 0 loses messages on the way, 2 loses them when a client restarts")
    return 1


PARSERS: dict[str, Callable[[Any, Path], Any]] = {
    "data_dir": _folder,
    "city": _folder,
    "kafka": _address,
    "mqtt": _address,
    "http": _address,
    "partitions": _whole(1, MOST_PARTITIONS),
    "rate": _rate,
    "seed": _whole(0, 2**63 - 1),
    "history": _history,
    "history_days": _whole(0, MOST_DAYS),
    "history_url": _url,
    "history_org": _text,
    "history_bucket": _text,
    "history_token": _secret,
    "gateways": _whole(1, MOST_OF_A_KIND),
    "workers": _whole(1, MOST_OF_A_KIND),
    "gateway_mqtt": _address_or_none,
    "photos_mb": _whole(0, MOST_PHOTOS_MB),
    "ready_patience": _whole(0, MOST_SECONDS),
    "districts": _districts,
    "except_districts": _districts,
    "name": _name,
    "qos": _qos,
}
