"""The demo's opening day: of what comes in sizes one size of one colour is sold out, and only that."""

from pathlib import Path

from msgspec.structs import replace
from shelf_files import product_folder

from showroom.demo.opening import _units
from showroom_assets.manifest import load
from showroom_assets.product import ChartSize, SizeChart, Variant

SIZES, COLOURS = ("S", "M", "L", "XL"), ("Ink", "Clay", "Rust")


def test_one_size_of_the_first_colour_is_sold_out_and_nothing_else(tmp_path: Path) -> None:
    variants = [Variant(name=name, sku=f"{name}-S", skus=[f"{name}-{size}" for size in SIZES]) for name in COLOURS]
    sizes = [
        ChartSize(label=size, body_mm={"chest": (800 + 80 * at, 880 + 80 * at)}, skus=[f"{c}-{size}" for c in COLOURS])
        for at, size in enumerate(SIZES)
    ]
    product = replace(
        load(product_folder(tmp_path / "jacket")),
        skus=[sku for one in variants for sku in one.skus],
        variants=variants,
        size_chart=SizeChart(sizes=sizes, decides=["chest"]),
    )
    units, number = _units(product, 3)
    assert len(units) == 12
    assert [sku for sku, count in units.items() if count == 0] == ["Ink-XL"]
    # As many steps in the row as colours: other products have what they had before.
    assert number == 6
