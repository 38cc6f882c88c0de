"""Examples are not timed one by one: the first one pays for imports, and the machine may be busy."""

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)


@pytest.fixture(autouse=True, scope="session")
def _untimed_examples():
    settings.load_profile("untimed")
