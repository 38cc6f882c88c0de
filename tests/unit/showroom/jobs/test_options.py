"""Options and facts: what comes by JSON arrives in the pipeline, or is refused with a sentence."""

import tomllib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.jobs.errors import WrongUpload
from showroom.jobs.options import (
    ConversionOptions,
    check,
    facts_toml,
    from_json,
    pipeline_options,
    product_id,
    to_json,
)
from showroom_assets.facts import read_facts

_PLAIN = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_VALUES = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False, width=32) | _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_PLAIN, inner, max_size=3),
    max_leaves=3,
)


@given(st.dictionaries(_PLAIN, _VALUES, max_size=5))
def test_facts_written_as_toml_read_back_the_same(facts: dict[str, Any]) -> None:
    assert tomllib.loads(facts_toml(facts).decode()) == facts


def test_facts_that_are_nested_without_end_are_refused() -> None:
    facts: dict[str, Any] = {"a": 1}
    for _ in range(500):
        facts = {"a": facts}
    with pytest.raises(WrongUpload, match="deep"):
        facts_toml(facts)


@pytest.mark.parametrize("text", ["\ud800", 'a"b\\c', "x\x7fy", "two\nlines", "']]\n[evil]\nname='x'"])
def test_no_text_breaks_out_of_its_string(text: str) -> None:
    found = tomllib.loads(facts_toml({"name": text, "brand": "b"}, model="scan.obj").decode())
    assert list(found) == ["model", "name", "brand"]
    assert found["model"] == "scan.obj"


def test_the_facts_of_a_product_reach_the_manifest_fields() -> None:
    facts = {
        "name": "Øystein's lamp",
        "skus": ["L-1"],
        "wearable": {"category": "hat", "sizes": [{"label": "M", "sku": "L-2", "measures_mm": {"girth": 560.0}}]},
        "variants": [{"name": "red", "sku": "L-3", "swatch": "#ff0000"}],
    }
    check(ConversionOptions(facts=facts))
    fields, notes = read_facts(facts_toml(facts, model="scan.zip"))
    assert fields["name"] == "Øystein's lamp"
    assert fields["skus"] == ["L-1", "L-3", "L-2"]
    assert fields["wearable"].sizes[0].measures_mm == {"girth": 560.0}
    assert [note for note in notes if "model" not in note] == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (ConversionOptions(dimensions="3x4"), "three"),
        (ConversionOptions(dimensions="1x2x3"), "no unit"),
        (ConversionOptions(facts={"gtin": "12"}), "gtin"),
        (ConversionOptions(facts={"name": None}), "null"),
        (ConversionOptions(facts={"price": 3}), "price"),
        (ConversionOptions(facts={"name": 3}), "name"),
        (ConversionOptions(facts={"variants": [{"name": "a", "swatch": "red"}]}), "swatch"),
        (ConversionOptions(facts={"wearable": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}}), "deep"),
        (ConversionOptions(facts={"name": "x\x00y"}), "name"),
    ],
)
def test_what_cannot_be_is_refused_with_the_name_of_the_culprit(options: ConversionOptions, words: str) -> None:
    with pytest.raises(WrongUpload, match=words):
        check(options)


@pytest.mark.parametrize("bad", [{"product": "../etc"}, {"product": "Chair"}, {"fast": True}, {"deliveries": []},
                                 {"max_bytes": 1}, {"up": "+W"}, {"recipe": "os"}, {"cache": "/tmp"}])  # fmt: skip
def test_options_are_bounded_and_nothing_else_gets_in(bad: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, ConversionOptions)


def test_equal_options_are_equal_text_and_read_back() -> None:
    one = ConversionOptions(preset="fast", facts={"name": "a", "brand": "b"})
    other = ConversionOptions(facts={"brand": "b", "name": "a"}, preset="fast")
    assert to_json(one) == to_json(other)
    assert from_json(to_json(one)) == one


def test_the_pipeline_gets_what_was_asked() -> None:
    found = pipeline_options(ConversionOptions(preset="fast", deliveries=("desktop", "mobile"), dimensions="1x2x3m"))
    assert found.fast
    assert found.deliveries == ("mobile", "desktop")
    assert found.dimensions_m == (1.0, 2.0, 3.0)


@pytest.mark.parametrize(
    ("options", "file", "found"),
    [
        (ConversionOptions(product="lund-chair", facts={"name": "Other"}), "a.obj", "lund-chair"),
        (ConversionOptions(facts={"name": "Mug, White"}), "a.obj", "mug-white"),
        (ConversionOptions(), "C:\\scans\\Old Chair.obj", "old-chair"),
        (ConversionOptions(), "../../etc/passwd", "passwd"),
    ],
)
def test_the_products_id_is_asked_for_or_made_of_a_name(options: ConversionOptions, file: str, found: str) -> None:
    assert product_id(options, file) == found
