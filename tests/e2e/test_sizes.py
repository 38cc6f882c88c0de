"""A jacket is bought in a colour and a size, by keys alone; what is sold out in them cannot be chosen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from access import AXE, serious, tab_to
from api_server import Asker
from browser import watched
from msgspec.structs import replace
from page_server import furnish, page_is_built, sell, served
from playwright.sync_api import Browser, expect
from shelf_files import product_folder
from shoppers import ADDRESS
from small_store import picture

from showroom.services import Services
from showroom_assets.manifest import ChartSize, SizeChart, Variant, load, write_manifest

SIZES: Final = ("S", "M", "L", "XL")
#: Colours in their sizes: clay is not made in S.
SKUS: Final = {"Ink": ["INK-S", "INK-M", "INK-L", "INK-XL"], "Clay": ["CLAY-M", "CLAY-L", "CLAY-XL"]}
SOLD_OUT: Final = "CLAY-L"

pytestmark = page_is_built(AXE)


def jacket(folder: Path) -> Path:
    made = product_folder(folder / "jacket", name="jacket", more={"poster.webp": picture()})
    sizes = [
        ChartSize(
            label=size,
            body_mm={"chest": (860 + 80 * at, 940 + 80 * at)},
            skus=[f"{colour.upper()}-{size}" for colour in SKUS if f"{colour.upper()}-{size}" in SKUS[colour]],
        )
        for at, size in enumerate(SIZES)
    ]
    swatches = dict(zip(SKUS, ("#27304a", "#b9805f"), strict=True))
    product = replace(
        load(made),
        name="Jacket",
        skus=[sku for skus in SKUS.values() for sku in skus],
        variants=[Variant(name=c, sku=skus[1], skus=skus, swatch=swatches[c]) for c, skus in SKUS.items()],
        size_chart=SizeChart(sizes=sizes, decides=["chest"]),
    )
    (made / "product.json").write_bytes(write_manifest(product))
    return made


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("sizes")

    async def prepare(services: Services) -> None:
        await sell(services, jacket(folder), unsold=7)
        await services.shop.set_stock("default", SOLD_OUT, caller="test", key="gone", unsold=0)
        await furnish(services, hero="jacket")

    with served(folder, prepare) as found:
        yield found


@pytest.fixture(scope="module")
def address(ask: Asker) -> str:
    return f"http://127.0.0.1:{ask.port}/"


def stock(ask: Asker) -> dict[str, int]:
    return {one["sku"]: one["available"] for one in ask("GET", "/api/shop/offers?product=jacket").json()["offers"]}


def test_colour_and_size_are_chosen_by_keys_and_only_that_sku_is_sold(
    browser: Browser, ask: Asker, address: str
) -> None:
    before = stock(ask)
    context = browser.new_context(viewport={"width": 960, "height": 600}, locale="en-GB", reduced_motion="reduce")
    with watched(context, address) as page:
        page.goto(address + "?rung=list#/p/jacket")
        picker, add = page.locator("shop-sizes"), page.locator(".buying .act")
        expect(picker.get_by_role("radio")).to_have_count(4)
        # Nothing is bought without a size: the way there is shown.
        add.click()
        expect(picker.get_by_text("Please choose a size first.")).to_be_visible()
        expect(picker.get_by_role("radio", name="S", exact=True)).to_be_focused()
        tab_to(page, "input[name=colour]", key="Shift+Tab")
        page.keyboard.press("ArrowRight")
        expect(picker.get_by_text("Sold out in Clay: L. Not made in Clay: S.")).to_be_visible()
        expect(picker.get_by_role("radio", name="L, sold out")).to_be_disabled()
        expect(picker.get_by_role("radio", name="S, not made in Clay")).to_be_disabled()
        assert serious(page) == []
        for chip in picker.get_by_role("radio").all():
            box = chip.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 44
        tab_to(page, ".size")
        page.keyboard.press("Space")
        expect(picker.get_by_role("radio", name="M", exact=True)).to_be_checked()
        page.keyboard.press("ArrowRight")  # it is come by and read out, and is not chosen
        expect(picker.get_by_role("radio", name="L, sold out")).to_be_focused()
        page.keyboard.press("Space")
        picker.get_by_role("radio", name="L, sold out").click(force=True)
        expect(picker.get_by_role("radio", name="L, sold out")).not_to_be_checked()
        expect(picker.get_by_role("radio", name="M", exact=True)).to_be_checked()
        page.keyboard.press("ArrowRight")
        expect(picker.get_by_role("radio", name="XL")).to_be_checked()
        tab_to(page, ".buying .act")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Cart, 1 items")).to_be_visible()
        page.keyboard.press("c")
        expect(page.locator("shop-cart")).to_contain_text("Clay · Size XL")
        page.locator("shop-cart").get_by_role("button", name="Check out").press("Enter")
        till = page.locator("shop-checkout")
        for field, text in ADDRESS.items():
            till.get_by_label(field).fill(text)
        till.get_by_label("Country").select_option("GB")
        till.get_by_role("button", name="Order and go to payment").press("Enter")
        till.get_by_role("button", name="Pay £109").press("Enter")
        expect(till.get_by_role("heading", name="Thank you")).to_be_visible()
        expect(till).to_contain_text("Clay · Size XL")
        (row,) = page.evaluate("fetch('/api/shop/orders').then((answer) => answer.json())")["orders"]
        order = page.evaluate(f"fetch('/api/shop/orders/{row['id']}').then((answer) => answer.json())")
    assert row["things"] == ["Jacket, Clay, XL"]
    assert [(one["sku"], one["variant"], one["size"]) for one in order["lines"]] == [("CLAY-XL", "Clay", "XL")]
    assert stock(ask) == before | {"CLAY-XL": before["CLAY-XL"] - 1}
