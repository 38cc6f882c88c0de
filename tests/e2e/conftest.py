"""What most tests in a browser begin with: a small store, and who looks at it. A file with another has its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from browser import open_browser
from playwright.sync_api import Browser
from small_store import opened

_HERE: Final = Path(__file__).parent
#: Seconds: a browser that draws in software beside others may need long, and is not hung.
_PATIENCE_S: Final = 600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here have time, unless one says how much it needs."""
    for item in items:
        if _HERE in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(_PATIENCE_S))


@pytest.fixture(scope="module")
def unsold() -> int:
    """How many there are of each product in each colour."""
    return 12


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, unsold: int) -> Iterator[str]:
    """A server with a lamp and a vase, whose models are broken files."""
    with opened(tmp_path_factory.mktemp("store"), {"lamp": "Lamp", "vase": "Vase"}, unsold=unsold) as found:
        yield found


@pytest.fixture(scope="module")
def browser_flags() -> tuple[str, ...]:
    """What the browser is started with beyond what all need."""
    return ()


@pytest.fixture(scope="module")
def browser(address: str, browser_flags: tuple[str, ...]) -> Iterator[Browser]:
    """Opened after the server: Playwright's loop lets no other start in its thread."""
    assert address
    with open_browser(*browser_flags) as one:
        yield one
