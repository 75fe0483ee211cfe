from typing import Any

import pytest

from bench.waiting_session import open_session, publish

TOPIC = "bench-left"


@pytest.mark.integration
def test_a_few_messages_that_are_left_are_counted_and_not_waited_for_more(services: Any) -> None:
    assert open_session(services.mqtt, "bench-left", f"{TOPIC}/#") == 0
    assert publish(services.mqtt, iter([(f"{TOPIC}/a", b"x")] * 3)) == 3
    assert open_session(services.mqtt, "bench-left", f"{TOPIC}/#") == 3
