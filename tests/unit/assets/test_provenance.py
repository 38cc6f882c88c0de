"""Provenance: a licence that goes into a file comes out of it, and hostile metadata does no harm."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom_assets.manifest import Licence, Product, load, read_manifest, write_manifest
from showroom_assets.provenance import licence, licence_of_gltf, source, source_of_bytes, xmp_packet

json_value = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["@value", "@list", "@set", "rdf:_1", "license", "author", "packets", "dc:rights"]), inner
    ),
    max_leaves=20,
)  # fmt: skip


@pytest.fixture
def product(product_folder: Any) -> Product:
    return load(product_folder())


@pytest.mark.parametrize(
    "terms",
    [
        Licence(spdx="CC-BY-4.0", attribution="Ada", url="https://creativecommons.org/licenses/by/4.0/"),
        Licence(spdx="CC0-1.0"),
        Licence(name="All rights reserved", attribution="Shop Ltd."),
    ],
)
def test_a_licence_survives_the_packet_in_a_file(product: Product, terms: Licence) -> None:
    packet = xmp_packet(msgspec.structs.replace(product, licence=terms))
    extension = {"KHR_xmp_json_ld": {"packets": [json.loads(json.dumps(packet))]}}
    assert licence_of_gltf({}, extension) == terms


@pytest.mark.parametrize(
    ("text", "spdx", "name"),
    [
        ("CC-BY-4.0", "CC-BY-4.0", ""),
        ("cc0", "CC0-1.0", ""),
        ("https://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0", ""),
        ("House rules", "", "House rules"),
        ("two\nlines\x1b[2J", "", "two lines [2J"),
    ],
)
def test_what_people_write_is_understood(text: str, spdx: str, name: str) -> None:
    found = licence(text)
    assert found is not None
    assert (found.spdx, found.name) == (spdx, name)


def test_model_stores_way_of_writing_is_understood() -> None:
    asset = {
        "copyright": "2015 (c) Somebody",
        "extras": {"license": "CC-BY-4.0 (http://creativecommons.org/licenses/by/4.0/)", "author": "Ada (https://x.y)"},
    }
    found = licence_of_gltf(asset)
    assert found == Licence(
        spdx="CC-BY-4.0", attribution="Ada (https://x.y)", url="http://creativecommons.org/licenses/by/4.0/"
    )
    assert licence_of_gltf({"copyright": "2015 (c) Somebody"}) == Licence(attribution="2015 (c) Somebody")
    assert licence_of_gltf({}) is None
    assert licence("") is None


@given(json_value, json_value)
def test_whatever_a_file_says_gives_a_licence_that_a_manifest_takes(asset: Any, extension: Any) -> None:
    found = licence_of_gltf({"extras": asset, "copyright": asset}, {"KHR_xmp_json_ld": extension})
    if found is not None:
        assert msgspec.convert(msgspec.to_builtins(found), Licence) == found


@given(st.text(max_size=700), st.text(max_size=700), st.text(max_size=700))
def test_whatever_people_write_gives_a_licence_that_a_manifest_takes(text: str, url: str, who: str) -> None:
    for address in (url, "https://" + url):
        found = licence(text, url=address, attribution=who)
        if found is not None:
            assert msgspec.convert(msgspec.to_builtins(found), Licence) == found


def test_the_packet_holds_nothing_that_is_not_in_the_manifest(product: Product) -> None:
    full = msgspec.structs.replace(product, brand="Brand", gtin="4006381333931", description="A chair.")
    assert xmp_packet(full) == xmp_packet(read_manifest(write_manifest(full)))
    assert xmp_packet(full)["dc:identifier"] == "urn:gtin:04006381333931"


def test_a_source_is_named_below_its_root_and_never_by_its_place(tmp_path: Any) -> None:
    (tmp_path / "scan").mkdir()
    (tmp_path / "scan" / "a.obj").write_bytes(b"v 0 0 0")
    found = source(tmp_path / "scan" / "a.obj", root=tmp_path)
    assert found == source_of_bytes("scan/a.obj", b"v 0 0 0")
    assert str(tmp_path) not in repr(found)
