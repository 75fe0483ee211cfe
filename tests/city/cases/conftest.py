"""What the tests of cases share."""

import pytest

from tests.city.case_builders import Desk


@pytest.fixture
def desk() -> Desk:
    """A district in which nothing has happened yet."""
    return Desk()
