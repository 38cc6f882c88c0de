"""The manifest: reading what it wrote, refusing what it would not write, and finding what a schema cannot."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom_assets.errors import DamagedFile, InputError, LimitExceeded, MissingFile
from showroom_assets.manifest import (
    MAX_MANIFEST_BYTES,
    SCHEMA,
    Anchor,
    Bounds,
    Delivery,
    File,
    Level,
    Product,
    Provenance,
    Quality,
    SurfaceError,
    Tool,
    Variant,
    Wearable,
    check_manifest,
    load,
    read_manifest,
    slug,
    write_manifest,
)

MakeProduct = Callable[..., Path]
SCHEMA_FILE = Path(__file__).parents[3] / "assets" / "schemas" / "product.json"

label = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]), min_size=1, max_size=20
)
length = st.floats(-100, 100)
millimetres = st.floats(0, 1000)
sha256 = st.text("0123456789abcdef", min_size=64, max_size=64)
path = st.from_regex(r"\A[a-z0-9_]{1,9}(/[a-z0-9_]{1,9}){0,2}\.glb\Z")
error_mm = st.builds(SurfaceError, mean=millimetres, p99=millimetres, max=st.none() | millimetres)
level = st.builds(
    Level, file=path, triangles=st.integers(0, 10**9), error_mm=error_mm, switch_below=st.none() | st.floats(0.01, 1)
)
delivery = st.builds(
    Delivery,
    file=path,
    triangles=st.integers(0, 10**9),
    gpu_bytes=st.integers(0, 1 << 40),
    texture_max_px=st.integers(0, 65536),
    draw_calls=st.integers(0, 1000),
    levels=st.lists(level, max_size=4),
    psnr=st.none() | st.floats(0, 99),
    surface_error_mm=st.none() | error_mm,
)
file = st.builds(
    File,
    path=path,
    role=st.sampled_from(["delivery", "poster"]),
    media_type=st.just("model/gltf-binary"),
    sha256=sha256,
    size_bytes=st.integers(0, 1 << 40),
)
products = st.builds(
    Product,
    schema=st.just(SCHEMA),
    id=st.from_regex(r"\A[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,2}\Z"),
    name=label,
    files=st.lists(file, min_size=1, max_size=3),
    deliveries=st.dictionaries(st.sampled_from(["mobile", "plain", "desktop"]), delivery, min_size=1),
    bounds_m=st.builds(Bounds, min=st.tuples(length, length, length), max=st.tuples(length, length, length)),
    dimensions_m=st.tuples(millimetres, millimetres, millimetres),
    provenance=st.builds(Provenance, tool=st.builds(Tool, name=label, version=label)),
    quality=st.builds(Quality, verdict=st.sampled_from(["passed", "refused", "unproved"]), forced=st.booleans()),
    description=label,
    variants=st.lists(st.builds(Variant, name=label, sku=label, swatch=st.just("#a0b1c2")), max_size=3),
    wearable=st.none() | st.builds(Wearable, category=st.just("ring"), measures_mm=st.dictionaries(label, millimetres)),
    anchors=st.lists(
        st.builds(Anchor, name=label, kind=label, position_m=st.tuples(length, length, length)), max_size=2
    ),
)


@given(products)
def test_what_is_written_reads_back_equal_and_writes_the_same_bytes(product: Product) -> None:
    data = write_manifest(product)
    again = read_manifest(data)
    ordered = msgspec.structs.replace(product, files=sorted(product.files, key=lambda file: file.path))
    assert again == ordered
    assert write_manifest(again) == data


@settings(max_examples=30)
@given(products, st.randoms(use_true_random=False))
def test_equal_products_give_equal_bytes_whatever_the_order_of_files_and_deliveries(product: Product, rng: Any) -> None:
    unique = [*{one.path: one for one in product.files}.values()]
    product = msgspec.structs.replace(product, files=unique)
    files, names = [*unique], [*product.deliveries]
    rng.shuffle(files)
    rng.shuffle(names)
    shuffled = msgspec.structs.replace(
        product, files=files, deliveries={name: product.deliveries[name] for name in names}
    )
    assert write_manifest(shuffled) == write_manifest(product)


@settings(max_examples=25)
@given(products)
def test_what_is_written_is_valid_by_the_published_json_schema(product: Product) -> None:
    import jsonschema

    jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_bytes())).validate(json.loads(write_manifest(product)))


@given(
    st.binary(max_size=300)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_bytes_that_are_no_manifest_are_refused_with_one_line(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_manifest(data)
    assert "\n" not in caught.value.message


@pytest.fixture
def good(product_folder: MakeProduct) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads((product_folder() / "product.json").read_bytes())
    return fields


def _set(fields: dict[str, Any], where: str, value: Any) -> bytes:
    *way, last = [int(step) if step.isdigit() else step for step in where.split(".")]
    node: Any = fields
    for step in way:
        node = node[step]
    node[last] = value
    return json.dumps(fields).encode()


@pytest.mark.parametrize(
    ("where", "value", "named"),
    [
        ("schema", "showroom.product/2", "schema"),
        ("id", "Chair", "id"),
        ("id", "../chair", "id"),
        ("id", "chair\n", "id"),
        ("name", "", "name"),
        ("name", "a\x1b[2Jb", "name"),
        ("name", "x" * 201, "name"),
        ("name", "safe\u202egnp.exe", "name"),
        ("price", 3, "price"),
        ("files", [], "files"),
        ("files.0.sha256", "0" * 63, "files[0].sha256"),
        ("files.0.sha256", "0" * 64 + "\n", "files[0].sha256"),
        ("files.0.size_bytes", -1, "files[0].size_bytes"),
        ("files.0.size_bytes", 1 << 41, "files[0].size_bytes"),
        ("files.0.role", "virus", "files[0].role"),
        ("files.0.media_type", "text/html\r\nX: y", "files[0].media_type"),
        ("deliveries", {}, "deliveries"),
        ("deliveries", {"toaster": {}}, "deliveries"),
        ("deliveries.mobile.triangles", 1.5, "triangles"),
        ("deliveries.mobile.psnr", -1, "psnr"),
        ("bounds_m.min", [0, 0], "bounds_m.min"),
        ("bounds_m.min", [0, 0, 1e300], "bounds_m.min"),
        ("quality.verdict", "maybe", "quality.verdict"),
        ("gtin", "12", "gtin"),
        ("licence", {"url": "javascript:alert(1)"}, "licence.url"),
        ("variants", [{"name": "red", "swatch": "red"}], "swatch"),
        (
            "anchors",
            [{"name": "a", "kind": "b", "position_m": [0, 0, 0], "rotation_xyzw": [9, 0, 0, 1]}],
            "rotation_xyzw",
        ),
    ],
)
def test_a_field_out_of_bounds_is_refused_and_named(good: dict[str, Any], where: str, value: Any, named: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        read_manifest(_set(good, where, value))
    assert named in caught.value.message
    assert "\n" not in caught.value.message
    assert "\x1b" not in caught.value.message


CLIMBING = [
    "../x",
    "/x",
    "a//b",
    "a/../b",
    "a/..",
    "..",
    ".",
    "a/.",
    "./a",
    "a\\b",
    "c:x",
    "a\n",
    "a\x00b",
    "",
    "a/",
    "/".join("abcdefghi"),
]


@pytest.mark.parametrize("path", CLIMBING)
def test_a_path_that_could_climb_is_refused(good: dict[str, Any], path: str) -> None:
    with pytest.raises(DamagedFile, match=r"files\[0\].path"):
        read_manifest(_set(good, "files.0.path", path))
    with pytest.raises(DamagedFile, match="file"):
        read_manifest(_set(good, "deliveries.mobile.file", path))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999"])
def test_numbers_that_are_none_are_refused(good: dict[str, Any], number: str) -> None:
    data = json.dumps(good).replace('"min": [-0.5', f'"min": [{number}').encode()
    assert number.encode() in data
    with pytest.raises(DamagedFile):
        read_manifest(data)


def test_deep_nesting_is_refused_in_bounded_memory() -> None:
    with pytest.raises(DamagedFile):
        read_manifest(b'{"schema":' + b"[" * 1_000_000)
    with pytest.raises(DamagedFile):
        read_manifest(b'{"x":' + b'{"x":' * 500_000)


def test_a_manifest_of_more_than_its_limit_is_not_even_parsed(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded):
        read_manifest(b" " * (MAX_MANIFEST_BYTES + 1))
    (tmp_path / "product.json").write_bytes(b" " * (MAX_MANIFEST_BYTES + 1))
    with pytest.raises(LimitExceeded):
        load(tmp_path)


def test_a_folder_without_a_manifest_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="showroom convert"):
        load(tmp_path)


@settings(max_examples=10)
@given(products)
def test_a_product_out_of_bounds_is_never_written(product: Product) -> None:
    for broken in (
        msgspec.structs.replace(product, name=""),
        msgspec.structs.replace(product, dimensions_m=(float("nan"), 1.0, 1.0)),
        msgspec.structs.replace(product, dimensions_m=(float("inf"), 1.0, 1.0)),
        msgspec.structs.replace(product, description="\ud800"),
    ):
        with pytest.raises(DamagedFile):
            write_manifest(broken)


def test_a_whole_product_has_no_faults(product_folder: MakeProduct) -> None:
    folder = product_folder()
    assert check_manifest(load(folder), folder) == []


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda f: (f / "mobile.glb").unlink(), "is missing"),
        (lambda f: (f / "mobile.glb").write_bytes(b"gl"), "has 2 bytes; the manifest says 3"),
        (lambda f: (f / "mobile.glb").write_bytes(b"GLB"), "its hash is another"),
        (lambda f: ((f / "mobile.glb").unlink(), (f / "mobile.glb").mkdir()), "is not a file"),
        (lambda f: ((f / "mobile.glb").unlink(), (f / "mobile.glb").symlink_to("/etc/passwd")), "leads out of"),
        (
            lambda f: ((f / "mobile.glb").unlink(), (f / "mobile.glb").symlink_to("mobile.glb")),
            "cannot be read|missing",
        ),
    ],
)
def test_a_file_that_is_not_the_listed_one_is_found(
    product_folder: MakeProduct, harm: Callable[[Path], Any], says: str
) -> None:
    folder = product_folder()
    harm(folder)
    faults = check_manifest(load(folder), folder)
    assert len(faults) == 1
    assert re.search(says, faults[0])


def _level(triangles: int, mean: float, switch: float | None) -> Level:
    error = SurfaceError(mean=mean, p99=mean)
    return Level(file="mobile.glb", triangles=triangles, error_mm=error, switch_below=switch)


@pytest.mark.parametrize(
    ("levels", "says"),
    [
        ([_level(100, 0, None), _level(100, 1, 0.5)], "no fewer than level 0"),
        ([_level(100, 1, None), _level(50, 0.5, 0.5)], "smaller error"),
        ([_level(100, 0, None), _level(50, 1, None)], "at which screen size"),
        ([_level(100, 0, 0.9), _level(50, 1, 0.5)], "level 0 is the finest"),
        ([_level(100, 0, None), _level(50, 1, 0.5), _level(20, 2, 0.6)], "switches no later"),
    ],
)
def test_levels_out_of_order_are_found(product_folder: MakeProduct, levels: list[Level], says: str) -> None:
    product = load(product_folder())
    mobile = msgspec.structs.replace(product.deliveries["mobile"], levels=levels)
    faults = check_manifest(msgspec.structs.replace(product, deliveries={"mobile": mobile}))
    assert [fault for fault in faults if says in fault] == faults != []


def test_levels_in_order_are_no_fault(product_folder: MakeProduct) -> None:
    product = load(product_folder())
    levels = [_level(100, 0, None), _level(50, 1, 0.5), _level(20, 1, 0.2)]
    mobile = msgspec.structs.replace(product.deliveries["mobile"], levels=levels)
    assert check_manifest(msgspec.structs.replace(product, deliveries={"mobile": mobile})) == []


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"variants": [Variant(name="red"), Variant(name="red")]}, "variant 'red' is listed 2 times"),
        ({"skus": ["a", "a"]}, "SKU 'a' is listed 2 times"),
        ({"variants": [Variant(name="red", sku="r")]}, "'r' is not among"),
        ({"variants": [Variant(name="red", sku="r"), Variant(name="pink", sku="r")], "skus": ["r"]}, "'r' is listed 2"),
        ({"dimensions_m": (2.0, 1.0, 1.0)}, "x is 2 m, but bounds_m span 1 m"),
        ({"gtin": "4006381333932"}, "wrong check digit"),
    ],
)
def test_what_the_schema_cannot_say_is_found(product_folder: MakeProduct, parts: dict[str, Any], says: str) -> None:
    faults = check_manifest(msgspec.structs.replace(load(product_folder()), **parts))
    assert len(faults) == 1
    assert says in faults[0]


def test_a_right_gtin_is_no_fault(product_folder: MakeProduct) -> None:
    assert check_manifest(msgspec.structs.replace(load(product_folder()), gtin="4006381333931")) == []


def test_paths_that_clash_on_some_disks_are_found(product_folder: MakeProduct) -> None:
    product = load(product_folder())
    first = product.files[0]
    for path, says in [
        (first.path.upper(), "listed 2 times"),
        (first.path + "/x", "used as a folder"),
        ("product.json", "lists itself"),
    ]:
        files = [*product.files, msgspec.structs.replace(first, path=path)]
        faults = check_manifest(msgspec.structs.replace(product, files=files))
        assert any(says in fault for fault in faults)


def test_a_delivery_that_is_not_listed_is_found(product_folder: MakeProduct) -> None:
    product = load(product_folder())
    faults = check_manifest(msgspec.structs.replace(product, files=product.files[1:]))
    assert faults == ["mobile: mobile.glb is not among the product's files. List it there, or convert again."]


@given(st.text(max_size=200))
def test_any_name_gives_an_id_that_a_manifest_takes(name: str) -> None:
    made = slug(name)
    msgspec.convert({"id": made}, msgspec.defstruct("Only", [("id", Product.__annotations__["id"])]))
    assert slug(made) == made


def test_names_keep_what_can_be_kept() -> None:
    assert slug("Weißhai, Great White!") == "weisshai-great-white"
    assert slug("Crème brûlée № 5") == "creme-brulee-no-5"
    assert slug("椅子") != slug("机")


def test_the_published_schema_is_up_to_date() -> None:
    from showroom_assets.schemas import render

    assert SCHEMA_FILE.read_bytes() == render(), "run `make schemas`"
