"""The flags that commands share, and the settings that come of them."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec.structs import replace

from adapters.history_place import Influx
from citygrid import settings
from citygrid.local import records
from citygrid.refusal import Refusal
from citygrid.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

HISTORY = ("history", "history_url", "history_org", "history_bucket")
"""The flags that say where history is kept. The token has none: other users of a machine can read a command line."""

FLAGS: dict[str, tuple[str, str]] = {
    "data_dir": ("DIR", "Where everything of one installation lies (CITYGRID_DATA_DIR)  [.citygrid]"),
    "city": ("DIR", "The city's folder  [examples/demo]"),
    "kafka": ("HOST:PORT", "Where Kafka listens  [the running installation's, or 127.0.0.1:9092]"),
    "mqtt": ("HOST:PORT", "Where the MQTT broker listens  [the running installation's, or 127.0.0.1:1883]"),
    "http": ("HOST:PORT", "Where the operations centre listens  [127.0.0.1:8080]"),
    "partitions": ("N", "Kafka partitions a topic; fixed once there is data  [16]"),
    "rate": ("READINGS_PER_S", "Readings a second that the simulator sends  [50]"),
    "seed": ("N", "The simulator's seed: the same seed sends the same readings  [2018]"),
    "gateways": ("N", "How many gateways share the districts; never fewer than there were on the same data  [1]"),
    "workers": ("N", "How many stream workers share the partitions  [1]"),
    "photos_mb": ("MB", "How much room all photos together may have  [10240]"),
    "districts": ("CODE,CODE", "The districts that this gateway serves  [all]"),
    "except_districts": (
        "CODE,CODE",
        "The districts that it leaves to other gateways, when it serves all others  [none]",
    ),
    "history": ("sqlite|influxdb", "Where history is kept  [sqlite, in the data folder]"),
    "history_url": ("URL", "The InfluxDB 2 server; its token is CITYGRID_HISTORY_TOKEN  [http://127.0.0.1:8086]"),
    "history_org": ("NAME", "The organisation in InfluxDB  [citygrid]"),
    "history_bucket": ("NAME", "The bucket in InfluxDB  [citygrid]"),
    "history_days": ("DAYS", "Days that history is kept from its arrival; 0 keeps everything  [30]"),
    "name": ("NAME", "The name of this process, where several of a kind run"),
}


def options(*keys: str) -> Callable[[F], F]:
    """Gives a command the flags of these settings, beside --config and --data-dir."""

    def decorate(command: F) -> F:
        for key in reversed(("data_dir", *keys)):
            metavar, text = FLAGS[key]
            command = click.option(f"--{key.replace('_', '-')}", key, metavar=metavar, help=text)(command)
        config = click.Path(path_type=Path, dir_okay=False)
        return click.option(
            "--config", type=config, envvar="CITYGRID_CONFIG", help="The settings file  [citygrid.toml]"
        )(command)

    return decorate


def given(flags: Mapping[str, Any]) -> Settings:
    """The settings that these flags, the environment and the settings file give. Raises Refusal with every mistake in them."""
    own = {key: value for key, value in flags.items() if key != "config"}
    found = settings.load(flags.get("config"), os.environ, own)
    if isinstance(found, list):
        raise Refusal("the settings are wrong:\n" + "\n".join(f"  {mistake}" for mistake in found))
    return found if "city" in found.chosen or found.city.is_dir() else replace(found, city=beside_us(found.city))


def in_force(flags: Mapping[str, Any]) -> Settings:
    """The same, with the addresses of the installation that runs on the data folder where none were chosen."""
    found = given(flags)
    runs = records.installation(found.data_dir)
    if runs is None:
        return found
    own = {
        "kafka": runs.kafka,
        "mqtt": runs.mqtt,
        "http": runs.http.removeprefix("http://"),
        "partitions": runs.partitions,
    }
    return replace(found, **{key: value for key, value in own.items() if key not in found.chosen})


def influx_of(own: Settings) -> Influx | None:
    """The InfluxDB bucket that history is kept in; None where it is kept in the data folder."""
    if own.history != "influxdb":
        return None
    return Influx(url=own.history_url, org=own.history_org, bucket=own.history_bucket, token=own.history_token)


def beside_us(city: Path) -> Path:
    """The demonstration city of the clone that this command was installed from, for a call from another folder."""
    return Path(__file__).resolve().parents[1] / city
