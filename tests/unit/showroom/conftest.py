"""What the server's tests share: a real PostgreSQL, where it is installed."""

from collections.abc import Iterator

import pytest
from postgres import Server, programs, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all tests of a worker process."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with running() as server:
        yield server
