"""What one buys is a colour in a size: each has its own stock, hold, limit and price, and is called by its name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from shelf_files import product_folder
from shop_bench import WANTED, Bench

from showroom.db.database import Database
from showroom.shop.errors import NotInProduct, OverLimit, SoldOut
from showroom.shop.offers import skus_of
from showroom_assets.manifest import load
from showroom_assets.product import ChartSize, Product, SizeChart, Variant


def jacket(folder: Path) -> Product:
    """Made in two colours and two sizes, but clay is not made in M."""
    sizes = [
        ChartSize(label="S", body_mm={"chest": (860, 940)}, skus=["INK-S", "CLAY-S"]),
        ChartSize(label="M", body_mm={"chest": (940, 1020)}, skus=["INK-M"]),
        ChartSize(label="L", body_mm={"chest": (1020, 1100)}),
    ]
    return replace(
        load(product_folder(folder / "jacket", name="Jacket")),
        skus=["INK-S", "INK-M", "CLAY-S"],
        variants=[
            Variant(name="ink", label="Ink", sku="INK-M", skus=["INK-S", "INK-M"]),
            Variant(name="clay", label="Clay", sku="CLAY-S"),
        ],
        size_chart=SizeChart(sizes=sizes, decides=["chest"]),
    )


class Shelf:
    def __init__(self, product: Product) -> None:
        self.held = product

    async def product(self, tenant: str, product: str) -> Product | None:
        return self.held


@pytest.fixture
def bench(database: Database, tmp_path: Path) -> Iterator[Bench]:
    found = Bench(database, catalogue=Shelf(jacket(tmp_path)))
    for sku, units in (("INK-S", 2), ("INK-M", 1), ("CLAY-S", 0)):
        found.offer(sku, units=units, product="jacket", limit_each=1)
    yield found
    found.runner.close()


def test_a_manifest_says_colour_and_size_of_every_sku(tmp_path: Path) -> None:
    found = skus_of(jacket(tmp_path))
    assert {sku: (sold.variant, sold.size, sold.label) for sku, sold in found.items()} == {
        "INK-S": ("Ink", "S", "Ink, S"), "INK-M": ("Ink", "M", "Ink, M"), "CLAY-S": ("Clay", "S", "Clay, S"),
    }  # fmt: skip


def test_offer_cart_and_order_say_colour_and_size_and_one_sku_s_stock_falls(bench: Bench) -> None:
    offer = bench(bench.shop.offer("m", "INK-M"))
    assert (offer.variant, offer.size, offer.title) == ("Ink", "M", "Jacket, Ink, M")
    line = bench(bench.shop.put_line("ann", "m", "INK-M", 1, key=bench.key())).lines[0]
    assert (line.variant, line.size, line.title) == ("Ink", "M", "Jacket, Ink, M")
    order = bench(bench.shop.checkout("ann", WANTED, key=bench.key()))
    assert [(one.sku, one.variant, one.size, one.title) for one in order.lines] == [
        ("INK-M", "Ink", "M", "Jacket, Ink, M")
    ]
    bench.pay(order)
    assert {sku: bench.stock(sku) for sku in ("INK-S", "INK-M", "CLAY-S")} == {
        "INK-S": (2, 0, 0), "INK-M": (0, 0, 1), "CLAY-S": (0, 0, 0),
    }  # fmt: skip
    for rows in (bench(bench.shop.orders(tenant="m")), bench(bench.shop.orders(buyer="ann"))):
        assert [row.things for row in rows] == [["Jacket, Ink, M"]]


def test_holds_and_limits_are_of_a_size_and_not_of_the_colour(bench: Bench) -> None:
    bench.claim("ann", "INK-M")
    with pytest.raises(SoldOut):
        bench.claim("ben", "INK-M")
    bench.claim("ben", "INK-S")
    with pytest.raises(OverLimit):
        bench.claim("ben", "INK-S", units=2)
    with pytest.raises(SoldOut):
        bench.claim("ann", "CLAY-S")


def test_a_size_that_a_colour_is_not_made_in_cannot_be_offered(bench: Bench) -> None:
    with pytest.raises(NotInProduct):
        bench.offer("CLAY-M", product="jacket")


def test_an_order_says_the_size_it_was_bought_in_whatever_the_offer_says_later(bench: Bench) -> None:
    order = bench.order("ann", "INK-S")
    bench.offer("INK-S", product="jacket", size="Small", title="Another jacket")
    assert bench(bench.shop.offer("m", "INK-S")).size == "Small"
    line = bench(bench.shop.order(order.id)).lines[0]
    assert (line.size, line.title) == ("S", "Jacket, Ink, S")


def test_a_list_of_orders_tells_the_first_things_of_each(bench: Bench) -> None:
    bench.claim("ann", "INK-S")
    bench.claim("ann", "INK-M")
    bench(bench.shop.checkout("ann", WANTED, key=bench.key()))
    (row,) = bench(bench.shop.orders(tenant="m"))
    assert (sorted(row.things), row.units) == (["Jacket, Ink, M", "Jacket, Ink, S"], 2)
