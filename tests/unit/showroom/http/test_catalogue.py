"""The catalogue: what it serves, how it may be kept, what is found, and what is refused."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shelf_files import MODEL, product_folder

from showroom.http import client, headers
from showroom.http.peers import Peers
from showroom_assets.errors import MissingFile
from showroom_assets.library import Library

Get = Callable[..., Any]


def _model(get: Get) -> str:
    address: str = get("/api/products/chair").json()["files"]["mobile.glb"]
    return address


def test_the_catalogue_names_each_product_with_its_price_and_poster(get: Get) -> None:
    (row,) = get("/api/catalogue").json()["products"]
    assert (row["id"], row["version"], row["price_minor"]) == ("chair", 1, {"EUR": 12800, "USD": 15900})
    assert row["available"] == 2
    assert get(row["poster"]).body == b"poster"


def test_every_file_of_a_product_can_be_fetched_with_its_media_type(get: Get) -> None:
    found = get("/api/products/chair").json()
    types = {}
    for file in found["manifest"]["files"]:
        answer = get(found["files"][file["path"]])
        assert hashlib.sha256(answer.body).hexdigest() == file["sha256"]
        types[file["path"]] = answer.headers["content-type"]
    assert types == {
        "mobile.glb": "model/gltf-binary",
        "poster.webp": "image/webp",
        "report.html": "text/html; charset=utf-8",
        "product.usdz": "model/vnd.usdz+zip",
    }


def test_a_blob_may_be_kept_for_ever_and_is_not_sent_twice(get: Get) -> None:
    first = get(_model(get))
    assert "immutable" in first.headers["cache-control"]
    again = get(_model(get), If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "first", "end"), [("bytes=0-99", 0, 100), ("bytes=10000-", 10000, 10240), ("bytes=-7", 10233, 10240)]
)
def test_a_part_of_a_blob_is_that_part(get: Get, asked: str, first: int, end: int) -> None:
    answer = get(_model(get), Range=asked)
    assert answer.status == 206
    assert answer.body == MODEL[first:end]
    assert answer.headers["content-range"] == f"bytes {first}-{end - 1}/{len(MODEL)}"


def test_a_part_behind_the_end_is_refused_and_a_part_of_something_else_is_the_whole(get: Get) -> None:
    assert get(_model(get), Range="bytes=99999-").status == 416
    assert get(_model(get), Range="bytes=0-1", If_Range='"another"').body == MODEL


def test_head_says_as_much_as_get_and_sends_nothing(get: Get) -> None:
    answer = get(_model(get), method="HEAD")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", str(len(MODEL)))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_nothing_can_be_changed(get: Get, method: str) -> None:
    assert get("/api/catalogue", method=method).status == 405


@pytest.mark.parametrize("path", ["/", "/api/catalogue", "/nothing", "/api/products/nothing"])
def test_every_answer_carries_the_policy(get: Get, path: str) -> None:
    found = get(path).headers
    assert found["content-security-policy"] == headers.PAGE_POLICY
    assert found["x-content-type-options"] == "nosniff"
    assert "'unsafe-inline'" not in headers.PAGE_POLICY
    assert "'unsafe-eval'" not in headers.PAGE_POLICY
    assert "http" not in headers.PAGE_POLICY


def test_a_report_runs_in_a_sandbox_and_a_model_runs_nothing(get: Get) -> None:
    files = get("/api/products/chair").json()["files"]
    assert "sandbox allow-scripts" in get(files["report.html"]).headers["content-security-policy"]
    assert get(files["mobile.glb"]).headers["content-security-policy"] == headers.DATA_POLICY


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2fetc%2fpasswd",
        "//etc/passwd",
        "/link.txt",
        "/assets",
        "/index.html%00",
        "/blobs/../../secret.txt",
    ],
)
def test_no_path_climbs_out_of_the_client(get: Get, path: str) -> None:
    answer = get(path)
    assert answer.status == 404
    assert b"not for you" not in answer.body


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="?#"), max_size=60))
def test_whatever_is_asked_for_the_answer_is_no_server_error(get: Get, path: str) -> None:
    assert get("/" + path).status < 500


def test_only_what_is_on_the_shelf_can_be_asked_for(get: Get, library: Library) -> None:
    secret = library.blobs.put_bytes(b"of another version")
    assert get(f"/blobs/{secret}/x.glb").status == 404


def test_a_withdrawn_product_is_gone(library: Library, get: Get) -> None:
    model = _model(get)
    library.withdraw("chair")
    assert get("/api/catalogue").json()["products"] == []
    assert get(model).status == 404


def test_a_page_opened_before_a_new_version_still_gets_its_files(library: Library, get: Get, tmp_path: Path) -> None:
    before = _model(get)
    library.publish(product_folder(tmp_path / "anew" / "chair", model=MODEL[::-1]))
    after = _model(get)
    assert after != before
    assert get(before).body == MODEL
    assert get(after).body == MODEL[::-1]
    library.withdraw("chair")
    assert get(before).status == get(after).status == 404


def test_a_damaged_blob_is_an_error_in_the_usual_shape(get: Get, library: Library, tmp_path: Path) -> None:
    sha256 = _model(get).split("/")[2]
    place = tmp_path / "library" / "default" / "blobs" / sha256[:2] / sha256
    place.chmod(0o644)
    place.write_bytes(MODEL[:-1] + b"x")
    answer = get(_model(get))
    assert answer.status == 503
    assert answer.json()["error"]["code"] == "library.damaged"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::1", ""])
def test_a_name_that_is_not_this_machine_is_refused(get: Get, host: str) -> None:
    assert get("/api/catalogue", Host=host).status in {400, 421}


@pytest.mark.parametrize("host", ["localhost", "localhost:80", "127.0.0.1:8787", "[::1]:8787", "[::1]", "LOCALHOST"])
def test_this_machine_goes_by_several_names(host: str) -> None:
    assert Peers(host="127.0.0.1", public_url="", allowed_origins=[], trusted_proxies=[]).is_own_host(host)


def test_the_page_is_packed_for_those_who_can_unpack_it(get: Get) -> None:
    packed = get("/", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(get("/").body)
    assert "no-cache" in get("/").headers["cache-control"]
    assert "immutable" in get("/assets/index-DQw263cf.js").headers["cache-control"]


def test_a_client_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="make setup"):
        client.load(tmp_path)


def _publish(tmp_path: Path, library: Library, *names: str) -> None:
    for name in names:
        library.publish(product_folder(tmp_path / f"{library.namespace}-{name}", name=name))


def _found(get: Get, query: str) -> list[str]:
    answer = get("/api/catalogue?" + query)
    assert answer.status == 200, answer.body
    return [row["id"] for row in answer.json()["products"]]


def test_products_of_two_merchants_may_have_the_same_name(get: Get, tmp_path: Path, neighbour: Library) -> None:
    _publish(tmp_path, neighbour, "Chair")
    assert _found(get, "") == ["chair", "nordlicht.chair"]
    assert get("/api/products/nordlicht.chair").json()["tenant"] == "nordlicht"
    assert _found(get, "merchant=nordlicht") == ["nordlicht.chair"]


def test_a_product_is_found_in_spite_of_a_typing_error(get: Get, tmp_path: Path, library: Library) -> None:
    _publish(tmp_path, library, "Lamp", "Sonnenbrille")
    assert _found(get, "q=chiar") == ["chair"]
    assert _found(get, "q=sonenbrile") == ["sonnenbrille"]
    assert _found(get, "q=sonn") == ["sonnenbrille"]
    assert _found(get, "q=zzzz") == []


def test_what_is_shown_can_be_cut_by_price_and_stock(get: Get, tmp_path: Path, library: Library) -> None:
    _publish(tmp_path, library, "Lamp")
    assert _found(get, "currency=EUR&price_max=12800") == ["chair"]
    assert _found(get, "currency=EUR&price_min=12801") == []
    assert _found(get, "in_stock=true") == ["chair"]
    assert get("/api/catalogue?price_max=5").status == 400
    assert _found(get, "sort=cheapest&currency=EUR") == ["chair", "lamp"]


def test_pages_together_are_the_whole(get: Get, tmp_path: Path, library: Library) -> None:
    _publish(tmp_path, library, "Lamp", "Sofa", "Table", "Vase")
    whole = _found(get, "")
    assert [one for page in (1, 2, 3, 4) for one in _found(get, f"per_page=2&page={page}")] == whole


@pytest.mark.parametrize(
    ("hints", "device"),
    [
        ({"Sec_CH_UA_Mobile": "?1"}, "mobile"),
        ({"User_Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"}, "mobile"),
        ({"User_Agent": "Mozilla/5.0 (X11; Linux; Quest 3) OculusBrowser/30.0"}, "headset"),
        ({"Sec_CH_UA_Form_Factors": '"XR"'}, "headset"),
        ({"Sec_CH_UA_Mobile": "?0", "User_Agent": "Mozilla/5.0 (X11; Linux x86_64)"}, "desktop"),
        ({}, "desktop"),
    ],
)
def test_a_device_gets_the_files_that_suit_it(get: Get, hints: dict[str, str], device: str) -> None:
    found = get("/api/products/chair", **hints).json()["delivery"]
    assert (found["device"], found["name"]) == (device, "mobile")  # the only one that was made
    assert hashlib.sha256(get(found["url"]).body).hexdigest() in found["url"]
    assert get("/api/products/chair?device=headset", **hints).json()["delivery"]["device"] == "headset"
