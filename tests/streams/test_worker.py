"""Readiness is asked for by another thread, which must leave Faust's lazily made parts alone."""

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from streams import app
from streams.knowledge import Knowledge
from streams.worker import joins, not_ready

KNOWING = cast("Knowledge", SimpleNamespace(followed=True))


def _asked_from_a_thread(application: Any, joined: threading.Event) -> list[str]:
    found: list[str] = []
    asking = threading.Thread(target=lambda: found.extend(not_ready(application, KNOWING, joined)))
    asking.start()
    asking.join()
    return found


def _application(folder: Path) -> Any:
    application: Any = app.build("127.0.0.1:1", 16, "worker-1", folder)
    application._started.set()
    return application


def test_asking_before_the_first_assignment_makes_no_table_manager_and_no_consumer(tmp_path: Path) -> None:
    application = _application(tmp_path)
    assert _asked_from_a_thread(application, joins(application)) == [
        "no partition has been assigned to this worker yet"
    ]
    assert "tables" not in vars(application)
    assert application._consumer is None


def test_the_first_assignment_is_noted(tmp_path: Path) -> None:
    application = _application(tmp_path)
    joined = joins(application)
    asyncio.run(application.on_partitions_assigned.send(set()))
    assert joined.is_set()


def test_a_registry_that_is_no_longer_followed_is_a_reason(tmp_path: Path) -> None:
    application = _application(tmp_path)
    deaf = cast("Knowledge", SimpleNamespace(followed=False))
    assert not_ready(application, deaf, joins(application))[0] == "the registry is no longer followed"
