"""Both feeds, as their readers would read them: required fields, bounds, and text that tries to break out."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from shelf_files import product_folder

from showroom.shop.feeds import Addresses, Entry, jsonld, merchant
from showroom.shop.offers import Offer
from showroom_assets.manifest import load
from showroom_assets.product import ChartSize, Product, SizeChart, SizeRow, Variant, Wearable

G = f"{{{merchant.NAMESPACE}}}"
HERE = Addresses(
    page=lambda tenant, product: f"https://shop.example/#/{tenant}.{product}",
    file=lambda file: f"https://shop.example/blobs/{file.sha256}/{file.path}",
)
NASTY = '</script><script>alert("1")</script>]]> & <!-- \' " \u2028 é 漢 😀 {{x}}'


@pytest.fixture(scope="module")
def chair(tmp_path_factory: pytest.TempPathFactory) -> Product:
    return load(product_folder(Path(tmp_path_factory.mktemp("shelf")) / "chair"))


def offer(sku: str, *, title: str = "Chair", available: int = 3, **prices: int) -> Offer:
    return Offer(
        tenant="nord",
        sku=sku,
        product="chair",
        variant="",
        title=title,
        prices=prices or {"EUR": 12800},
        tax_note="",
        limit_each=None,
        is_on_sale=True,
        available=available,
    )


def in_two_colours(chair: Product) -> Entry:
    variants = [Variant(name="r", label="Red", sku="C-R"), Variant(name="b", label="Blue", sku="C-B")]
    product = replace(chair, skus=["C-R", "C-B"], variants=variants, brand="Nord", gtin="4006381333931")
    return Entry(tenant="nord", product=product, offers=[offer("C-B", available=0), offer("C-R", EUR=100, JPY=200)])


def decoded(entry: Entry) -> Any:
    return json.loads(jsonld.encode(jsonld.product(entry, HERE)))


def items(*entries: Entry, currency: str = "EUR") -> tuple[list[ET.Element], int]:
    data, left_out = merchant.feed(entries, HERE, name="Nord", home="https://shop.example/", currency=currency)
    root = ET.fromstring(data)
    assert root.tag == "rss"
    assert root.get("version") == "2.0"
    channel = root.find("channel")
    assert channel is not None
    assert all(channel.findtext(tag) for tag in ("title", "link", "description"))
    return channel.findall("item"), left_out


def test_one_sku_is_a_product_with_an_offer_and_a_model(chair: Product) -> None:
    found = decoded(Entry(tenant="nord", product=replace(chair, skus=["C-1"]), offers=[offer("C-1")]))
    assert found["@context"] == "https://schema.org"
    assert (found["@type"], found["sku"], found["name"]) == ("Product", "C-1", "Chair")
    assert found["offers"] == [
        {
            "@type": "Offer",
            "url": "https://shop.example/#/nord.chair",
            "price": "128.00",
            "priceCurrency": "EUR",
            "availability": "https://schema.org/InStock",
            "itemCondition": "https://schema.org/NewCondition",
        }
    ]
    model = found["subjectOf"]
    assert model["@type"] == "3DModel"
    assert [one["encodingFormat"] for one in model["encoding"]] == ["model/gltf-binary", "model/vnd.usdz+zip"]
    assert all(one["contentUrl"].startswith("https://") and one["@type"] == "MediaObject" for one in model["encoding"])
    assert found["image"].endswith("poster.webp")


def test_several_skus_are_a_group_with_variants(chair: Product) -> None:
    found = decoded(in_two_colours(chair))
    assert (found["@type"], found["productGroupID"]) == ("ProductGroup", "chair")
    assert found["variesBy"] == ["https://schema.org/color"]
    assert "offers" not in found, "a group itself is not sold"
    red, blue = found["hasVariant"]
    assert (red["@type"], red["sku"], red["color"]) == ("Product", "C-R", "Red")
    assert [(one["price"], one["priceCurrency"]) for one in red["offers"]] == [("1.00", "EUR"), ("200", "JPY")]
    assert blue["offers"][0]["availability"] == "https://schema.org/OutOfStock"


def test_sizes_are_variants_too(chair: Product) -> None:
    sizes = [SizeRow(label="M", sku="M-1"), SizeRow(label="L", sku="L-1")]
    product = replace(chair, skus=["M-1", "L-1"], wearable=Wearable(category="top", sizes=sizes))
    found = decoded(Entry(tenant="nord", product=product, offers=[offer("M-1"), offer("L-1")]))
    assert found["variesBy"] == ["https://schema.org/size"]
    assert [one["size"] for one in found["hasVariant"]] == ["M", "L"]


def test_a_colour_in_a_size_is_a_variant_of_both(chair: Product) -> None:
    skus = ["R-S", "R-M", "B-M"]
    sizes = [
        ChartSize(label="S", body_mm={"chest": (860, 940)}, skus=["R-S"]),
        ChartSize(label="M", body_mm={"chest": (940, 1020)}, skus=["R-M", "B-M"]),
    ]
    variants = [Variant(name="Red", sku="R-M", skus=["R-S", "R-M"]), Variant(name="Blue", sku="B-M")]
    product = replace(
        chair, skus=skus, variants=variants, size_chart=SizeChart(sizes=sizes, decides=["chest"]), brand="Nord"
    )
    entry = Entry(tenant="nord", product=product, offers=[offer(sku) for sku in skus])
    found = decoded(entry)
    assert found["variesBy"] == ["https://schema.org/color", "https://schema.org/size"]
    told = [(one["sku"], one["color"], one["size"]) for one in found["hasVariant"]]
    assert told == [("R-S", "Red", "S"), ("R-M", "Red", "M"), ("B-M", "Blue", "M")]
    listed, left_out = items(entry)
    assert left_out == 0
    assert [(one.findtext(f"{G}id"), one.findtext(f"{G}color"), one.findtext(f"{G}size")) for one in listed] == told


def test_the_catalogue_lists_every_product_in_order(chair: Product) -> None:
    entries = [in_two_colours(chair), Entry(tenant="nord", product=chair, offers=[])]
    found = json.loads(jsonld.encode(jsonld.catalogue(entries, HERE, name="Nord")))
    assert (found["@type"], found["numberOfItems"]) == ("OfferCatalog", 2)
    assert [one["position"] for one in found["itemListElement"]] == [1, 2]


def test_what_is_off_sale_or_not_in_the_manifest_is_in_no_feed(chair: Product) -> None:
    hidden = replace(offer("C-1"), is_on_sale=False)
    entry = Entry(tenant="nord", product=replace(chair, skus=["C-1"]), offers=[hidden, offer("unknown")])
    assert "offers" not in decoded(entry)
    assert items(entry)[0] == []


def test_google_gets_all_that_it_requires(chair: Product) -> None:
    found, left_out = items(in_two_colours(chair))
    assert left_out == 0
    red, blue = found
    for item in found:
        for tag in ("title", "description", "link", f"{G}id", f"{G}image_link", f"{G}availability", f"{G}price",
                    f"{G}condition", f"{G}brand", f"{G}mpn", f"{G}virtual_model_link"):  # fmt: skip
            assert item.findtext(tag), tag
        assert item.findtext(f"{G}item_group_id") == "chair"
        assert item.find(f"{G}gtin") is None, "one number cannot be that of two colours"
    assert red.findtext(f"{G}price") == "1.00 EUR"
    assert (red.findtext(f"{G}color"), blue.findtext(f"{G}color")) == ("Red", "Blue")
    assert (red.findtext(f"{G}availability"), blue.findtext(f"{G}availability")) == ("in_stock", "out_of_stock")
    assert str(red.findtext(f"{G}virtual_model_link")).endswith("mobile.glb")


def test_google_gets_nothing_that_it_would_refuse(chair: Product) -> None:
    found, left_out = items(in_two_colours(chair), currency="JPY")
    assert (len(found), left_out) == (1, 1)
    bare = replace(chair, skus=["C-1"], files=[file for file in chair.files if file.role != "poster"])
    assert items(Entry(tenant="nord", product=bare, offers=[offer("C-1")])) == ([], 1)


def test_a_product_without_brand_and_number_says_so(chair: Product) -> None:
    found, _ = items(Entry(tenant="nord", product=replace(chair, skus=["C-1"]), offers=[offer("C-1")]))
    assert found[0].findtext(f"{G}identifier_exists") == "no"
    numbered = replace(chair, skus=["C-1"], gtin="4006381333931")
    found, _ = items(Entry(tenant="nord", product=numbered, offers=[offer("C-1")]))
    assert found[0].findtext(f"{G}gtin") == "4006381333931"


def test_long_names_stay_within_google_s_limits_and_apart(chair: Product) -> None:
    skus = ["x" * 199 + end for end in "ab"]
    found, _ = items(
        Entry(tenant="nord", product=replace(chair, skus=skus, description="d" * 4000, brand="b" * 200),
              offers=[offer(sku, title="t" * 200) for sku in skus])
    )  # fmt: skip
    ids = [str(item.findtext(f"{G}id")) for item in found]
    assert len(set(ids)) == 2
    assert all(len(one) <= 50 for one in ids)
    assert all(len(str(item.findtext("title"))) <= 150 and len(str(item.findtext(f"{G}brand"))) <= 70 for item in found)


class Scripts(HTMLParser):
    """What a browser would take for scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.scripts:
            self.scripts[-1] += data


@settings(deadline=None)
@given(st.one_of(st.just(NASTY), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)))
def test_no_text_breaks_out_of_a_feed(chair: Product, text: str) -> None:
    product = replace(chair, name=text, description=text, brand=text, skus=[text],
                      variants=[Variant(name=text, label=text, sku=text)])  # fmt: skip
    entry = Entry(tenant="nord", product=product, offers=[offer(text, title=text)])
    data = jsonld.encode(jsonld.product(entry, HERE))
    assert json.loads(data)["name"] == text
    page = Scripts()
    page.feed(f"<script>{data.decode()}</script>")
    page.close()
    assert page.scripts == [data.decode()]
    found, _ = items(entry)
    assert len(found) == 1
    assert {child.tag for child in found[0]} <= {"title", "description", "link"} | {
        f"{G}{name}" for name in ("id", "image_link", "virtual_model_link", "availability", "price", "condition",
                                  "brand", "mpn", "color", "identifier_exists")
    }  # fmt: skip
