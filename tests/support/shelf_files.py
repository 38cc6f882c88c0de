"""Finished product folders in small, for what shows them."""

from collections.abc import Mapping
from pathlib import Path

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

MODEL = bytes(range(256)) * 40
REPORT = b"<!doctype html><title>proof</title>"


def product_folder(
    folder: Path, *, name: str = "Chair", model: bytes = MODEL, more: Mapping[str, bytes] | None = None
) -> Path:
    """A product as ``convert`` would write it, with a model of a few kilobytes."""
    files = {"mobile.glb": model, "poster.webp": b"poster", "report.html": REPORT, "product.usdz": b"usdz"}
    files |= more or {}
    roles = {"mobile.glb": "delivery", "poster.webp": "poster", "report.html": "report", "product.usdz": "usdz"}
    folder.mkdir(parents=True)
    for path, data in files.items():
        (folder / path).write_bytes(data)
    product = Product(
        schema=SCHEMA,
        id=name.lower(),
        name=name,
        files=[file_entry(folder, path, roles.get(path, "other")) for path in files],  # type: ignore[arg-type]
        deliveries={"mobile": Delivery(file="mobile.glb", triangles=12, gpu_bytes=9, texture_max_px=0, draw_calls=1)},
        bounds_m=Bounds(min=(-0.5, 0.0, -0.5), max=(0.5, 1.0, 0.5)),
        dimensions_m=(1.0, 1.0, 1.0),
        provenance=Provenance(tool=Tool(name="showroom", version="0")),
        quality=Quality(verdict="passed"),
    )
    (folder / "product.json").write_bytes(write_manifest(product))
    return folder
