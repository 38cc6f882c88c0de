"""A size chart is read from what a merchant writes, and one that cannot be right is refused with the reason."""

import itertools
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import showroom_demo
from showroom_assets.errors import DamagedFile, InputError, LimitExceeded
from showroom_assets.facts import read_facts
from showroom_assets.manifest import SizeChart, check_manifest, load, read_manifest, write_manifest
from showroom_assets.size_charts import MAX_SIZES_BYTES, chart_faults, read_size_chart

TEE = """
unit = "cm"
system = "EN 13402-3"
decides = ["chest"]
[ease]
chest = [3, 14]
[[sizes]]
label = "S"
body = {chest = [86, 93], waist = [74, 82]}
[[sizes]]
label = "M"
sku = "TEE-M"
body = {chest = [94, 102], waist = [82, 90]}
item = {chest = 107.2, length = 69}
"""
CHARTS = sorted((Path(showroom_demo.__file__).parent / "charts").glob("*.toml"))


def test_a_chart_in_centimetres_is_one_in_millimetres() -> None:
    chart = read_size_chart(TEE.encode())
    small, medium = chart.sizes
    # 86–93 and 94–102 meet: such a chart means "under 94".
    assert small.body_mm == {"chest": (860, 940), "waist": (740, 820)}
    assert medium.item_mm == {"chest": 1072, "length": 690}
    assert (medium.skus, chart.decides, chart.ease_mm) == (["TEE-M"], ["chest"], {"chest": (30, 140)})


def test_the_measures_that_every_size_has_decide_if_nothing_is_said() -> None:
    chart = read_size_chart(TEE.replace('decides = ["chest"]', "").encode())
    assert chart.decides == ["chest", "waist"]


def test_a_chart_travels_in_the_manifest(product_folder: object) -> None:
    fields, _ = read_facts(b'skus = ["A"]\n[size_chart]\n' + TEE.replace("[[sizes", "[[size_chart.sizes").replace(
        "[ease", "[size_chart.ease").encode())  # fmt: skip
    product = msgspec.structs.replace(load(product_folder()), **fields)  # type: ignore[operator]
    product = read_manifest(write_manifest(product))
    assert product.size_chart == read_size_chart(TEE.encode())
    assert product.skus == ["A", "TEE-M"]
    assert check_manifest(product) == []


def test_a_manifest_whose_chart_sells_an_unknown_sku_is_faulted(product_folder: object) -> None:
    product = msgspec.structs.replace(load(product_folder()), size_chart=read_size_chart(TEE.encode()))  # type: ignore[operator]
    assert any("TEE-M" in fault for fault in check_manifest(product))


@pytest.mark.parametrize(
    ("change", "to", "said"),
    [
        ('unit = "cm"', "", "If these are centimetres, write unit = 'cm'"),
        ('unit = "cm"', 'unit = "in"', "chest of 2184.4 mm is nobody's"),
        ('unit = "cm"', 'unit = "ell"', "Write mm, cm or in"),
        ("[86, 93]", "[93, 86]", "runs backwards"),
        ("[86, 93]", "[-86, 93]", "size S: body chest is negative (-86)"),
        ("[86, 93]", "[86, 91]", "nobody says what fits between"),
        ("[86, 93]", "[86, 99]", "overlap by 50 mm"),
        ("[94, 102]", "[78, 86]", "List sizes from small to large"),
        ("[86, 93]", "['a', 93]", "no number"),
        ("[86, 93]", "86", "two numbers in brackets"),
        ("[86, 93]", "[nan, 93]", "no number"),
        ("chest = 107.2", "chest = 53.6", "not lying flat"),
        ("chest = [3, 14]", "chest = [14, 3]", "ease: chest runs backwards"),
        ('label = "S"', 'label = "M"', "listed 2 times"),
        ('decides = ["chest"]', 'decides = ["hip"]', "hip decides, but size 'S'"),
        ('decides = ["chest"]', 'decides = ["height_of_heel"]', "decides"),
        ("body = {chest = [86", "bodice = {chest = [86", "'bodice' is not known"),
        ("body = {chest = [86", "body = {bust = [86", "'bust' is no measure of a body"),
        ("[ease]", "[[[", "not TOML"),
        ("[ease]", "[shipping]", "'shipping' is not known"),
    ],
)
def test_what_cannot_be_right_is_refused_with_the_reason(change: str, to: str, said: str) -> None:
    assert change in TEE
    with pytest.raises(DamagedFile) as caught:
        read_size_chart(TEE.replace(change, to, 1).encode())
    assert said in caught.value.message
    assert caught.value.message.startswith("sizes.toml")
    assert "\n" not in caught.value.message


def test_a_chart_without_sizes_and_one_of_a_megabyte_are_refused() -> None:
    with pytest.raises(DamagedFile, match="there is no"):
        read_size_chart(b'unit = "cm"')
    with pytest.raises(LimitExceeded):
        read_size_chart(b"#" * (MAX_SIZES_BYTES + 1))


@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda more: (TEE + more).encode("utf-8", "replace")))
def test_any_bytes_are_a_sound_chart_or_one_error(data: bytes) -> None:
    try:
        chart = read_size_chart(data)
    except InputError:
        return
    assert isinstance(chart, SizeChart)
    assert list(chart_faults(chart)) == []


@given(st.lists(st.integers(8, 120), min_size=2, max_size=12), st.integers(400, 700))
def test_ranges_that_follow_one_another_are_always_taken(steps: list[int], start: int) -> None:
    edges = [start]
    for step in steps:
        edges.append(edges[-1] + step)
    edges = [edge for edge in edges if edge <= 1900]
    if len(edges) < 2:
        return
    rows = [f'[[sizes]]\nlabel = "{a}"\nbody = {{chest = [{a}, {b}]}}\n' for a, b in itertools.pairwise(edges)]
    chart = read_size_chart("\n".join(rows).encode())
    assert [size.body_mm["chest"] for size in chart.sizes] == list(itertools.pairwise(edges))


@pytest.mark.parametrize("path", CHARTS, ids=lambda path: path.stem)
def test_the_demo_catalogue_has_sound_charts(path: Path) -> None:
    chart = read_size_chart(path.read_bytes(), name=path.name)
    assert f'model = "{path.stem}.glb"' in path.read_text()
    assert len(chart.sizes) >= 1


def test_every_wearable_that_comes_in_sizes_has_a_chart() -> None:
    assert {path.stem for path in CHARTS} == {
        "alder-tee", "rove-bomber", "lume-ring", "aurelin-watch", "field-cap", "marlo-glasses", "solen-sunglasses",
        "court-sneaker",
    }  # fmt: skip
