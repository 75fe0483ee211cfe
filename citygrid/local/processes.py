"""Which processes make up an installation besides its brokers, and the command of each."""

import sys

from citygrid.local import ports
from citygrid.local.children import Spec
from citygrid.settings import Settings

GATEWAY = "gateway-1"
OPERATIONS = "operations"
SIMULATOR = "simulator"


def stages(settings: Settings) -> list[Spec]:
    """The processes between the brokers and the browser, in the order in which they start."""
    return [
        _process(GATEWAY, "gateway", settings),
        _process("worker-1", "worker", settings),
        _process(OPERATIONS, "operations", settings, http=settings.http),
        _process("history", "history", settings, "--history-days", str(settings.history_days)),
    ]


def simulator(settings: Settings) -> Spec:
    """The process that plays the city."""
    more = ("--city", str(settings.city.resolve()), "--rate", str(settings.rate), "--seed", str(settings.seed))
    return _process(SIMULATOR, "simulate", settings, *more)


def _process(name: str, command: str, settings: Settings, *more: str, http: str | None = None) -> Spec:
    """A process of ours: told everything by flags, so that no settings file or variable can lead it elsewhere."""
    own = http or ports.any_free()
    served = ("--http", own) if http else ("--health", own)
    flags = {"--data-dir": str(settings.data_dir.resolve()), "--kafka": settings.kafka, "--mqtt": settings.mqtt}
    listed = tuple(part for flag in flags.items() for part in flag)
    partitions = ("--partitions", str(settings.partitions))
    return Spec(
        name=name,
        command=(sys.executable, "-m", "citygrid", command, "--name", name, *listed, *partitions, *served, *more),
        environment={"PYTHONUNBUFFERED": "1"},
        http=own,
    )
