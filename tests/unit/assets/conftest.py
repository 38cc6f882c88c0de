"""Product folders for the tests of the library."""

from collections.abc import Callable
from pathlib import Path

import pytest
from shelf_files import product_of

MakeProduct = Callable[..., Path]


def _make(folder: Path, *, name: str = "Chair", content: bytes = b"glb", verdict: str = "passed") -> Path:
    """A folder with a product of two files."""
    return product_of(folder, {"mobile.glb": content, "pictures/poster.webp": b"poster"}, name=name, verdict=verdict)


@pytest.fixture(scope="session")
def make_product() -> MakeProduct:
    """Makes a product in a given folder: ``make_product(folder, content=b"…")``."""
    return _make


@pytest.fixture
def product_folder(tmp_path: Path) -> MakeProduct:
    """Makes a product folder: ``product_folder("a", content=b"…")``."""

    def make(folder: str = "product", **parts: object) -> Path:
        return _make(tmp_path / folder, **parts)  # type: ignore[arg-type]

    return make
