"""What a merchant declares beside a scan lands in the manifest, or is refused with the field's name."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom_assets.errors import DamagedFile, InputError, LimitExceeded
from showroom_assets.facts import MAX_FACTS_BYTES, read_facts
from showroom_assets.manifest import Product, check_manifest, load, read_manifest, write_manifest

CAP = """
name = "Linen cap"
brand = "House"
category = "cap"
price_minor = {EUR = 2900}
[placement]
surface = "table"
display = "shelf"
[wearable]
kind = "cap"
visor_mm = 70
fits_mm = [560, 610]
body_mm = [386, 290, 150]
size = 42
sizes = {S = {head_mm = 560, sku = "CAP-S"}, M = {head_mm = 580}}
[wearable.measures_mm]
depth = 110
[[variants]]
name = "Sand"
sku = "CAP-SAND"
swatch = "#c2b280"
[[anchors]]
name = "head_top"
position_m = [0, 0.1, 0]
direction = [0, 1, 0]
rotation_xyzw = [0, 0, 0, 1]
"""


def test_what_is_declared_lands_in_the_manifest(product_folder: Callable[..., Path]) -> None:
    fields, notes = read_facts(CAP.encode())
    product = msgspec.structs.replace(load(product_folder()), **fields)
    product = read_manifest(write_manifest(product))
    assert check_manifest(product) == []
    assert (product.name, product.brand, product.category) == ("Linen cap", "House", "cap")
    assert product.skus == ["CAP-SAND", "CAP-S"]
    assert product.placement is not None
    assert product.placement.surface == "table"
    worn = product.wearable
    assert worn is not None
    assert (worn.category, worn.size) == ("hat", "42")
    assert worn.measures_mm == {
        "depth": 110, "visor": 70, "body_width": 386, "body_height": 290, "body_depth": 150,
    }  # fmt: skip
    assert worn.ranges_mm == {"fits": (560, 610)}
    assert [(row.label, row.measures_mm, row.sku) for row in worn.sizes] == [
        ("S", {"head": 560}, "CAP-S"),
        ("M", {"head": 580}, ""),
    ]
    assert product.anchors[0].position_m == (0, 0.1, 0)
    assert [note.split(" is not")[0].split(": ")[-1] for note in notes] == [
        "anchors.direction",
        "placement.display",
        "price_minor",
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("name = 3", "name"),
        ("name = ''", "name"),
        ("gtin = '12'", "gtin"),
        ("skus = 'one'", "skus"),
        ("placement = 'floor'", "placement"),
        ("[placement]\nsurface = 'sky'", "placement.surface"),
        ("[wearable]\ncategory = 'spoon'", "wearable.category"),
        ("[wearable]\ncategory = 'hat'\nvisor_mm = 'x'", "wearable.measures_mm"),
        ("[wearable]\ncategory = 'hat'\nfits_mm = [1, 'b']", "wearable.ranges_mm"),
        ("[wearable]\ncategory = 'hat'\nvisor_mm = 1\nmeasures_mm = 3", "wearable.measures_mm"),
        ("[wearable]\ncategory = 'hat'\nsizes = {M = 3}", "wearable.sizes"),
        ("[[anchors]]\nname = 'a'", "anchors[0]"),
        ("[[variants]]\nname = 'a'\nswatch = 'red'", "variants[0].swatch"),
        ("variants = 3", "variants[0]"),
        ("[[anchors]]\nname = 'a'\nposition_m = [nan, 0, 0]", "anchors[0].position_m"),
    ],
)
def test_a_wrong_value_is_refused_and_named(text: str, named: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        read_facts(text.encode())
    assert f"product.toml: {named}" in caught.value.message
    assert "\n" not in caught.value.message


def outcome(data: bytes) -> str:
    """The one line of the refusal, or the notes."""
    try:
        fields, notes = read_facts(data)
    except InputError as exc:
        return exc.message
    assert set(fields) <= set(Product.__struct_fields__)
    return "; ".join(notes)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_whatever_the_file_holds_the_outcome_is_facts_or_one_line(data: bytes) -> None:
    assert "\n" not in outcome(data)


json_value = st.recursive(
    st.integers(-3, 3) | st.text("ab", max_size=2) | st.booleans(), lambda x: st.lists(x, max_size=4), max_leaves=5
)


keys = st.sampled_from(["category", "kind", "size", "sizes", "a_mm", "b_mm", "measures_mm", "ranges_mm"])


@given(st.dictionaries(keys, json_value))
def test_hostile_shorthand_is_facts_or_one_line(table: dict[str, object]) -> None:
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
    assert "\n" not in outcome(f"[wearable]\n{lines}".encode())


def test_a_file_larger_than_its_limit_is_refused() -> None:
    with pytest.raises(LimitExceeded):
        read_facts(b" " * (MAX_FACTS_BYTES + 1))
