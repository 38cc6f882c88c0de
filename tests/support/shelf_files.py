"""Finished product folders in small, for what keeps them and what shows them."""

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
_ROLES = {"mobile.glb": "delivery", "poster.webp": "poster", "report.html": "report", "product.usdz": "usdz"}


def product_of(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    name: str = "Chair",
    triangles: int = 12,
    half_m: float = 0.5,
    verdict: str = "passed",
) -> Path:
    """A product of these files, ``mobile.glb`` among them, a metre high; equal arguments give equal products."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    entries = [file_entry(folder, path, _ROLES.get(Path(path).name, "other")) for path in files]  # type: ignore[arg-type]
    delivery = Delivery(file="mobile.glb", triangles=triangles, gpu_bytes=500, texture_max_px=0, draw_calls=1)
    reasons = ["ssim 0.8 is under 0.9."] if verdict == "refused" else []
    product = Product(
        schema=SCHEMA,
        id=name.lower(),
        name=name,
        files=entries,
        deliveries={"mobile": delivery},
        bounds_m=Bounds(min=(-half_m, 0.0, -half_m), max=(half_m, 1.0, half_m)),
        dimensions_m=(2 * half_m, 1.0, 2 * half_m),
        provenance=Provenance(tool=Tool(name="showroom", version="0")),
        quality=Quality(verdict=verdict, reasons=reasons),  # type: ignore[arg-type]
    )
    (folder / "product.json").write_bytes(write_manifest(product))
    return folder


def product_folder(
    folder: Path, *, name: str = "Chair", model: bytes = MODEL, more: Mapping[str, bytes] | None = None
) -> Path:
    """A product as ``convert`` would write it, with a model of a few kilobytes."""
    files = {"mobile.glb": model, "poster.webp": b"poster", "report.html": REPORT, "product.usdz": b"usdz"}
    return product_of(folder, {**files, **(more or {})}, name=name)
