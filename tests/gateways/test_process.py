"""A gateway of which a part no longer works is of no use, and says so."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateways.process import ThreadEnded, _check


def parts(*, followed: bool = True, running: bool = True) -> tuple[Any, Any]:
    return SimpleNamespace(followed=followed), SimpleNamespace(running=running)


def test_nothing_is_said_while_every_thread_is_at_work() -> None:
    _check(*parts())


@pytest.mark.parametrize(("ended", "said"), [("followed", "registry"), ("running", "Tasks")])
def test_a_thread_that_has_ended_ends_the_process(ended: str, said: str) -> None:
    with pytest.raises(ThreadEnded, match=said):
        _check(*parts(**{ended: False}))
