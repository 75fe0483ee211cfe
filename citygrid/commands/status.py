"""`citygrid status`: what runs on a data folder, and where it listens."""

import json
from typing import Any

import click

from adapters.addresses import answers
from citygrid.local import records
from citygrid.local.figures import why_not_ready
from citygrid.local.records import Process
from citygrid.options import in_force, options
from citygrid.settings import Settings


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
    return {
        "mqtt": settings.mqtt,
        "kafka": settings.kafka,
        "http": f"http://{settings.http}",
        "data": str(settings.data_dir.resolve()),
        "processes": {name: _process(process, settings) for name, process in found.items()},
    }


def _process(process: Process, settings: Settings) -> dict[str, Any]:
    brokers = {"kafka": settings.kafka, "mosquitto": settings.mqtt}
    if process.name in brokers:
        return {"pid": process.pid, "ready": answers(brokers[process.name])}
    reason = why_not_ready(process.http) if process.http else "it has no health page"
    shown: dict[str, Any] = {"pid": process.pid, "ready": not reason, "http": f"http://{process.http}"}
    return {**shown, "reason": reason} if reason else shown


def lines(status: dict[str, Any]) -> list[str]:
    """The same for people."""
    if not status["processes"]:
        return [f"Nothing runs on {status['data']}; `citygrid up` starts everything."]
    width = max(len(name) for name in status["processes"])
    head = [
        f"{name:<{width}}  {status[key]}"
        for name, key in (("page", "http"), ("MQTT", "mqtt"), ("Kafka", "kafka"), ("data", "data"))
    ]
    return [*head, "", *(_line(name, process, width) for name, process in status["processes"].items())]


def _line(name: str, process: dict[str, Any], width: int) -> str:
    state = "ready" if process["ready"] else f"not ready: {process.get('reason', 'it does not answer')}"
    return f"{name:<{width}}  pid {process['pid']:<8} {state}"
