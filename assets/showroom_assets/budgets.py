"""
What one product may cost a device, and whether it does.

The defaults are the plan's table; every one is a setting (``load_budgets`` reads TOML). The gate looks at decoded
bytes and draw calls too, not only at file size: phones die of GPU memory. A product gets a sixteenth of the memory
and a tenth of the draw calls that a whole view of the store may use, for that is about how many are in view.

What it is not: a judge of looks (the visual proof is), nor of what a shelf of products costs together.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from .errors import DamagedFile, MissingFile
from .product import Delivery, Product

_MAX_TOML_BYTES = 1 << 20


class Budget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Upper bounds for one product on one class of device; None means no bound.

    ``first_view_bytes`` bounds the smallest file that shows the product (its coarsest level, if that is a file of
    its own, else the delivery); ``size_bytes`` everything that full detail loads.
    """

    first_view_bytes: int | None = None
    size_bytes: int | None = None
    triangles: int | None = None
    texture_px: int | None = None
    gpu_bytes: int | None = None
    draw_calls: int | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """One bound that is broken: a stable code, the sentence, and its numbers."""

    code: str
    message: str
    value: int
    limit: int


DEFAULT_BUDGETS: Mapping[str, Budget] = {
    "mobile": Budget(
        first_view_bytes=300_000,
        size_bytes=1_500_000,
        triangles=30_000,
        texture_px=1024,
        gpu_bytes=150_000_000 // 16,
        draw_calls=10,
    ),
    "desktop": Budget(
        first_view_bytes=1_000_000,
        size_bytes=5_000_000,
        triangles=100_000,
        texture_px=2048,
        gpu_bytes=600_000_000 // 16,
        draw_calls=30,
    ),
    "headset": Budget(
        first_view_bytes=1_000_000,
        size_bytes=3_000_000,
        triangles=50_000,
        texture_px=2048,
        gpu_bytes=300_000_000 // 16,
        draw_calls=10,
    ),
    # For viewers and market places we do not know: Google Merchant Center takes GLB files up to 15 MB.
    "plain": Budget(size_bytes=15_000_000, triangles=100_000, texture_px=2048),
    # For browsers without KTX2: textures are decoded to RGBA, so memory is not held to the mobile bound.
    "webp": Budget(size_bytes=1_500_000, triangles=30_000, texture_px=1024),
}


def load_budgets(path: Path | None = None) -> dict[str, Budget]:
    """
    The default budgets, with those of a TOML file laid over them.

    A table is a device class, a key one bound: ``[mobile]`` / ``triangles = 20000``. Keys that are left out keep
    their default; ``0`` means no bound; a new table is a new class.

    Raises
    ------
    MissingFile, DamagedFile
        The file is not there, is not TOML, or holds an unknown key or a negative number.
    """
    budgets = dict(DEFAULT_BUDGETS)
    if path is None:
        return budgets
    try:
        if not path.is_file():
            raise MissingFile(f"{path} is not a file. Name a TOML file with budgets.")
        with path.open("rb") as file:
            data = file.read(_MAX_TOML_BYTES)
    except OSError as exc:
        raise MissingFile(f"{path} cannot be read ({exc.strerror}). Name a TOML file with budgets.") from exc
    try:
        tables = msgspec.convert(tomllib.loads(data.decode()), dict[str, dict[str, int]])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, RecursionError) as exc:
        raise DamagedFile(f"{path} holds no budgets ({exc}). Write [mobile] and then triangles = 20000.") from exc
    for name, table in tables.items():
        unknown = sorted(set(table) - set(Budget.__struct_fields__))
        if unknown:
            known = ", ".join(Budget.__struct_fields__)
            raise DamagedFile(f"{path}: [{name}] has no bound {unknown[0]!r}. There are: {known}.")
        if any(bound < 0 for bound in table.values()):
            raise DamagedFile(f"{path}: [{name}] has a negative bound. Use 0 for none.")
        bounds = {key: bound or None for key, bound in table.items()}
        budgets[name] = msgspec.structs.replace(budgets.get(name, Budget()), **bounds)
    return budgets


def verdict(
    delivery: Delivery,
    budget: Budget,
    *,
    device: str,
    sizes: Mapping[str, int] | None = None,
) -> list[Finding]:
    """
    The bounds that a delivery breaks; empty if it keeps them all.

    Parameters
    ----------
    delivery, budget
        What is judged, and by what.
    device
        The class's name, for the sentences and their way out.
    sizes
        Bytes of each file by path; without it the sizes are not judged.
    """
    levels = delivery.levels
    files = {delivery.file, *(level.file for level in levels)}
    size = first = None
    if sizes is not None and files <= set(sizes):
        size = sizes[delivery.file]
        first = min(sizes[path] for path in files)
    way_out = f"Try --preset {device}." if device in DEFAULT_BUDGETS else "Convert again with a lower target."
    rows = [
        ("first_view_bytes", first, budget.first_view_bytes, "bytes for a first view"),
        ("size_bytes", size, budget.size_bytes, "bytes"),
        ("triangles", delivery.triangles, budget.triangles, "triangles"),
        ("texture_px", delivery.texture_max_px, budget.texture_px, "pixels along its largest texture"),
        ("gpu_bytes", delivery.gpu_bytes, budget.gpu_bytes, "bytes of GPU memory once decoded"),
        ("draw_calls", delivery.draw_calls, budget.draw_calls, "draw calls"),
    ]
    return [
        Finding(
            code=f"budget.{code}",
            message=f"{delivery.file} has {value:,} {what}; {device} allows {limit:,}. {way_out}",
            value=value,
            limit=limit,
        )
        for code, value, limit, what in rows
        if value is not None and limit is not None and value > limit
    ]


def judge(product: Product, budgets: Mapping[str, Budget] = DEFAULT_BUDGETS) -> dict[str, list[Finding]]:
    """The verdict on each delivery of a product that has a budget, by name of the delivery."""
    sizes = {file.path: file.size_bytes for file in product.files}
    return {
        name: verdict(delivery, budgets[name], device=name, sizes=sizes)
        for name, delivery in sorted(product.deliveries.items())
        if name in budgets
    }
