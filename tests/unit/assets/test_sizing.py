"""Colours and sizes of a manifest name each thing to buy once; what cannot be bought in one way is refused."""

from collections.abc import Callable
from itertools import product as every
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from showroom_assets.facts import read_facts
from showroom_assets.manifest import ChartSize, SizeChart, Variant, check_manifest, load, read_manifest, write_manifest
from showroom_assets.product import Product, SizeRow, Wearable
from showroom_assets.sizing import sizes_sold, sizing_faults, skus_of_variant

MakeProduct = Callable[..., Path]
COLOURS, SIZES = ("INK", "CLAY"), ("S", "M", "L")


def chart(skus: dict[str, list[str]]) -> SizeChart:
    sizes = [
        ChartSize(label=label, body_mm={"chest": (800 + 80 * at, 880 + 80 * at)}, skus=skus.get(label, []))
        for at, label in enumerate(SIZES)
    ]
    return SizeChart(sizes=sizes, decides=["chest"])


def sized(product: Product, made: set[tuple[str, str]]) -> Product:
    """A product that is made in these colours and sizes."""
    by_colour = {colour: [f"{colour}-{size}" for size in SIZES if (colour, size) in made] for colour in COLOURS}
    by_size = {size: [f"{colour}-{size}" for colour in COLOURS if (colour, size) in made] for size in SIZES}
    variants = [Variant(name=name, sku=skus[0], skus=skus) for name, skus in by_colour.items() if skus]
    skus = [sku for one in variants for sku in one.skus]
    return replace(product, skus=skus, variants=variants, size_chart=chart(by_size))


@pytest.fixture
def plain(product_folder: MakeProduct) -> Product:
    return load(product_folder())


@given(made=st.sets(st.sampled_from([*every(COLOURS, SIZES)]), min_size=1))
def test_each_colour_and_size_is_one_sku_or_is_not_made(made: set[tuple[str, str]]) -> None:
    product = sized(EMPTY, made)
    assert [*sizing_faults(product)] == []
    sizes = sizes_sold(product)
    found = {
        (variant.name, label): [sku for sku in skus_of_variant(variant) if sku in skus]
        for variant in product.variants
        for label, skus in sizes.items()
    }
    assert {place for place, skus in found.items() if skus} == made
    assert all(len(skus) <= 1 for skus in found.values())
    assert [*sizes] == [label for label in SIZES if any(size == label for _, size in made)]


def test_it_travels_in_the_manifest(plain: Product) -> None:
    product = sized(plain, {*every(COLOURS, SIZES)})
    assert check_manifest(product) == []
    assert read_manifest(write_manifest(product)) == product


def test_a_manifest_from_before_works_unchanged(plain: Product) -> None:
    variants = [Variant(name="Ink", sku="INK"), Variant(name="Clay", sku="CLAY")]
    old = replace(plain, skus=["INK", "CLAY"], variants=variants)
    # Without a chart, with one that only advises, and with one that knows of some SKUs alone.
    for product in (
        old,
        replace(old, size_chart=chart({})),
        replace(old, size_chart=chart({"M": ["INK", "CLAY"]})),
        replace(old, size_chart=chart({"M": ["INK"]})),
    ):
        assert check_manifest(product) == []
    assert sizes_sold(replace(old, size_chart=chart({}))) == {}
    assert sizes_sold(replace(old, size_chart=chart({"M": ["INK"]}))) == {"M": ["INK"]}


def test_sizes_without_colours_are_sold_too(plain: Product) -> None:
    rows = [SizeRow(label="54", sku="R-54"), SizeRow(label="56", sku="R-56"), SizeRow(label="58")]
    product = replace(plain, skus=["R-54", "R-56"], wearable=Wearable(category="ring", sizes=rows))
    assert check_manifest(product) == []
    assert sizes_sold(product) == {"54": ["R-54"], "56": ["R-56"]}


INK = Variant(name="Ink", sku="A", skus=["A", "B"])
CLAY = Variant(name="Clay", sku="C")
BOTH = chart({"S": ["A", "C"], "M": ["B"]})


@pytest.mark.parametrize(
    ("variants", "sizes", "says"),
    [
        ([INK, CLAY], None, "variant 'Ink' has 2 SKUs, and no size chart tells them apart."),
        ([INK, CLAY], chart({}), "no size chart tells them apart"),
        ([INK, CLAY], chart({"S": ["A", "B", "C"]}), "variant 'Ink' in size 'S' has 2 SKUs: A, B. Keep one."),
        ([INK, CLAY], chart({"S": ["A", "C"]}), "SKU 'B' of variant 'Ink' is sold in no size."),
        ([INK], BOTH, "SKU 'C' of size 'S' is of no variant. List it with its colour."),
        ([INK, replace(CLAY, skus=["B", "C"])], BOTH, "'B' is listed 2 times"),
        ([replace(INK, sku="C"), replace(CLAY, sku="")], BOTH, "sku is 'C', which is not among its skus"),
        ([replace(INK, sku=""), CLAY], BOTH, "sku is '', which is not among its skus"),
        ([replace(INK, skus=["A", "A", "B"]), CLAY], BOTH, "variant 'Ink' lists a SKU twice"),
        ([INK, replace(CLAY, sku="D", skus=["C", "D"])], BOTH, "SKU 'D' is not among the product's skus"),
    ],
)
def test_what_is_not_one_thing_to_buy_is_refused(
    plain: Product, variants: list[Variant], sizes: SizeChart | None, says: str
) -> None:
    right = replace(plain, skus=["A", "B", "C"], variants=[INK, CLAY], size_chart=BOTH)
    assert check_manifest(right) == []
    faults = check_manifest(replace(right, variants=variants, size_chart=sizes))
    assert any(says in fault for fault in faults), faults


def test_a_merchant_lists_the_skus_of_a_colour_and_the_shown_one_is_filled_in() -> None:
    text = b"""
        [wearable]
        category = "jacket"
        size = "M"
        [[variants]]
        name = "Ink"
        skus = ["A", "B"]
        [size_chart]
        [[size_chart.sizes]]
        label = "S"
        skus = ["A"]
        body = {chest = [860, 940]}
        [[size_chart.sizes]]
        label = "M"
        skus = ["B"]
        body = {chest = [940, 1020]}
    """
    fields, notes = read_facts(text)
    assert notes == []
    assert fields["variants"] == [Variant(name="Ink", sku="B", skus=["A", "B"])]
    assert fields["skus"] == ["B", "A"]


EMPTY = read_manifest(
    b'{"schema": "showroom.product/1", "id": "x", "name": "X", "files": [{"path": "a.glb", "role": "delivery",'
    b'"media_type": "model/gltf-binary", "sha256": "' + b"0" * 64 + b'", "size_bytes": 1}], "deliveries": {"mobile":'
    b'{"file": "a.glb", "triangles": 1, "gpu_bytes": 1, "texture_max_px": 0, "draw_calls": 1}},'
    b'"bounds_m": {"min": [0, 0, 0], "max": [1, 1, 1]}, "dimensions_m": [1, 1, 1],'
    b'"provenance": {"tool": {"name": "t", "version": "0"}}, "quality": {"verdict": "passed"}}'
)
