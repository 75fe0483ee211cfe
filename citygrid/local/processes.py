"""Which processes make up an installation besides its brokers, and the command of each."""

import sys
from collections.abc import Sequence

from msgspec.structs import replace

from city.registry import District
from citygrid.local import ports
from citygrid.local.children import Spec
from citygrid.options import HISTORY
from citygrid.settings import Settings

GATEWAY = "gateway"
WORKER = "worker"
OPERATIONS = "operations"
SIMULATOR = "simulator"


def stages(settings: Settings, districts: Sequence[District] = (), *, supervisor: str = "") -> list[Spec]:
    """The processes between the brokers and the browser, in the order in which they start. The gateways share `districts`.

    `supervisor` is where the supervisor tells how all of them stand ("": nowhere).
    """
    shares = shared_out(districts, settings.gateways)
    told = ("--photos-mb", str(settings.photos_mb), *(("--supervisor", supervisor) if supervisor else ()))
    return [
        *(gateway(number, shares, settings) for number in range(1, settings.gateways + 1)),
        *(_process(f"{WORKER}-{number}", "worker", settings) for number in range(1, settings.workers + 1)),
        _process(OPERATIONS, "operations", settings, *kept_in(settings), *told, http=settings.http),
        _process("history", "history", settings, *kept_in(settings), "--history-days", str(settings.history_days)),
    ]


def kept_in(settings: Settings) -> tuple[str, ...]:
    """The flags that say where history is kept."""
    return tuple(part for key in HISTORY for part in (f"--{key.replace('_', '-')}", getattr(settings, key)))


def shared_out(districts: Sequence[District], gateways: int) -> list[tuple[str, ...]]:
    """The district codes of each gateway, dealt out in the order of their indices: one that is added at the end moves no other."""
    codes = [district.code for district in sorted(districts, key=lambda district: district.index)]
    return [tuple(codes[share::gateways]) for share in range(gateways)]


def gateway(number: int, shares: Sequence[tuple[str, ...]], settings: Settings) -> Spec:
    """Gateway `number` (from 1). The first speaks for all that the others do not: also for a district that is added later, and for unknown ones."""
    own = replace(settings, mqtt=settings.gateway_mqtt or settings.mqtt)
    mine = () if number == 1 else shares[number - 1]
    others = [code for share in shares[1:] for code in share] if number == 1 else ()
    flags = ("--districts", ",".join(mine), "--except-districts", ",".join(others))
    return _process(f"{GATEWAY}-{number}", "gateway", own, *flags)


def simulator(settings: Settings) -> Spec:
    """The process that plays the city."""
    more = ("--city", str(settings.city.resolve()), "--rate", str(settings.rate), "--seed", str(settings.seed))
    return replace(_process(SIMULATOR, "simulate", settings, *more), watched=False)


def _process(name: str, command: str, settings: Settings, *more: str, http: str | None = None) -> Spec:
    """A process of ours: told everything by flags, so that no settings file or variable can lead it elsewhere."""
    own = http or ports.any_held()
    served = ("--http", own) if http else ("--health", own)
    flags = {"--data-dir": str(settings.data_dir.resolve()), "--kafka": settings.kafka, "--mqtt": settings.mqtt}
    listed = tuple(part for flag in flags.items() for part in flag)
    partitions = ("--partitions", str(settings.partitions))
    return Spec(
        name=name,
        command=(sys.executable, "-m", "citygrid", command, "--name", name, *listed, *partitions, *served, *more),
        environment={"PYTHONUNBUFFERED": "1", "CITYGRID_HISTORY_TOKEN": settings.history_token},
        http=own,
    )
