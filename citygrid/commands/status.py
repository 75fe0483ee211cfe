"""`citygrid status`: what runs on a data folder, and where it listens."""

import json
from typing import Any

import click
import msgspec

from adapters import installation
from adapters.installation import DiskStanding, Standing
from adapters.probes import kafka_answers, mqtt_answers
from citygrid.local import disks, ports, records
from citygrid.local.figures import why_not_ready
from citygrid.local.records import Process
from citygrid.local.supervisor import State
from citygrid.options import in_force, options
from citygrid.settings import Settings

KEEPS_UP = {"lag": "records behind", "in_flight": "messages in flight"}


@click.command(name="status", short_help="Shows what runs, and at which addresses.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@options()
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool, **flags: Any) -> None:
    """Shows which processes of this installation run, and at which addresses. Exit status 1 if nothing runs."""
    settings = in_force(flags)
    status = read(settings)
    if as_json:
        print(json.dumps(status, ensure_ascii=False))
    else:
        print("\n".join(lines(status)))
    ctx.exit(0 if status["processes"] else 1)


def read(settings: Settings) -> dict[str, Any]:
    """The contract's status document."""
    found = records.processes(settings.data_dir)
    told = _told(settings)
    return {
        "mqtt": settings.mqtt,
        "kafka": settings.kafka,
        "http": f"http://{settings.http}",
        "data": str(settings.data_dir.resolve()),
        "processes": {name: {**_process(process, settings), **_more(told, name)} for name, process in found.items()},
        "not_running": {
            one.name: {"state": one.state, "restarts": one.restarts, "reason": one.reason}
            for one in (told.processes if told else ())
            if one.name not in found
        },
        "short_disks": [msgspec.to_builtins(disk) for disk in disks.short(settings.data_dir)],
    }


def _told(settings: Settings) -> Standing | None:
    runs = records.installation(settings.data_dir)
    return installation.ask(runs.supervisor.http) if runs and runs.supervisor.http else None


def _more(told: Standing | None, name: str) -> dict[str, Any]:
    """What the supervisor knows of a process besides: how often it was started anew, and whether it keeps up."""
    one = next((one for one in told.processes if one.name == name), None) if told else None
    if one is None:
        return {}
    figures = {"lag": one.lag, "in_flight": one.in_flight, "braked": one.braked}
    last = {"last_words": one.reason} if one.state == State.FAILING else {}
    known = {key: value for key, value in figures.items() if value is not None}
    return {"state": one.state, "restarts": one.restarts, **known, **last}


def _process(process: Process, settings: Settings) -> dict[str, Any]:
    match process.name:
        case "kafka":
            return {"pid": process.pid, "ready": _own(process, settings.kafka) and kafka_answers(settings.kafka)}
        case "mosquitto":
            return {"pid": process.pid, "ready": _own(process, settings.mqtt) and mqtt_answers(settings.mqtt)}
    reason = why_not_ready(process.http, process.pid) if process.http else "it has no health page"
    shown: dict[str, Any] = {"pid": process.pid, "ready": not reason, "http": f"http://{process.http}"}
    return {**shown, "reason": reason} if reason else shown


def _own(process: Process, address: str) -> bool:
    return not ports.answered_by_another(process.pid, address)


def lines(status: dict[str, Any]) -> list[str]:
    """The same for people."""
    short = [disks.sentence(msgspec.convert(disk, DiskStanding)) for disk in status["short_disks"]]
    if not (status["processes"] or status["not_running"]):
        return [f"Nothing runs on {status['data']}; `citygrid up` starts everything."]
    width = max(len(name) for name in (*status["processes"], *status["not_running"]))
    head = [
        f"{name:<{width}}  {status[key]}"
        for name, key in (("page", "http"), ("MQTT", "mqtt"), ("Kafka", "kafka"), ("data", "data"))
    ]
    running = [_line(name, process, width) for name, process in status["processes"].items()]
    others = [_line_of_dead(name, process, width) for name, process in status["not_running"].items()]
    return [*head, "", *running, *others, *short]


def _line_of_dead(name: str, process: dict[str, Any], width: int) -> str:
    return f"{name:<{width}}  {process['state']:<12} restarted {process['restarts']}×: {process['reason']}"


def _line(name: str, process: dict[str, Any], width: int) -> str:
    state = "ready" if process["ready"] else f"not ready: {process.get('reason', 'it does not answer')}"
    restarts = f", restarted {process['restarts']}×" if process.get("restarts") else ""
    keeps_up = ", ".join(f"{process[key]:,} {word}" for key, word in KEEPS_UP.items() if process.get(key))
    braked = ", reading held back" if process.get("braked") else ""
    figures = f" ({keeps_up}{braked})" if keeps_up or braked else ""
    return f"{name:<{width}}  pid {process['pid']:<8} {state}{restarts}{figures}"
