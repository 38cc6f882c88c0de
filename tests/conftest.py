"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no failure: no example of a property is timed.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

_REPO = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real scans: ``SHOWROOM_TEST_DATA``, or ``../shared/data`` beside the checkout."""
    folder = Path(os.environ.get("SHOWROOM_TEST_DATA", _REPO.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real scans at {folder}: set SHOWROOM_TEST_DATA")
    return folder
