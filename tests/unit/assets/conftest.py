"""Product folders for the tests of the library."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from showroom_assets.manifest import (
    SCHEMA,
    Bounds,
    Delivery,
    Product,
    Provenance,
    Quality,
    Tool,
    file_entry,
    write_manifest,
)

MakeProduct = Callable[..., Path]

# A busy machine must not fail a property: there is no time limit on a single example.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def _make(folder: Path, *, name: str = "Chair", content: bytes = b"glb", verdict: str = "passed") -> Path:
    """A folder with a product of two files; equal arguments give equal products."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    (folder / "mobile.glb").write_bytes(content)
    (folder / "pictures" / "poster.webp").write_bytes(b"poster")
    delivery = Delivery(file="mobile.glb", triangles=12, gpu_bytes=3456, texture_max_px=0, draw_calls=1)
    product = Product(
        schema=SCHEMA,
        id=name.lower(),
        name=name,
        files=[file_entry(folder, "mobile.glb", "delivery"), file_entry(folder, "pictures/poster.webp", "poster")],
        deliveries={"mobile": delivery},
        bounds_m=Bounds(min=(-0.5, 0.0, -0.5), max=(0.5, 1.0, 0.5)),
        dimensions_m=(1.0, 1.0, 1.0),
        provenance=Provenance(tool=Tool(name="showroom", version="0")),
        quality=Quality(verdict=verdict),  # type: ignore[arg-type]
    )
    (folder / "product.json").write_bytes(write_manifest(product))
    return folder


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
