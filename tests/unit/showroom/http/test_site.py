"""The client's files over HTTP: large ones from disk, framed pages, and what other sites may load."""

import gzip
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from api_server import Answer, Asker, serving

from showroom.accounts.principal import Principal
from showroom.errors import BadRequest
from showroom.http import client
from showroom.http.api import Api
from showroom.http.catalogue import CatalogueService
from showroom.http.embedding import Embedding
from showroom.http.limits import Limits, Rate
from showroom.http.metrics import Metrics
from showroom.http.peers import Peers
from showroom.http.site import Site
from showroom_assets.library import Library

NOISE = random.Random(1).randbytes(300_000)
VERTICES = bytes(range(100)) * 5000
ELSEWHERE = "https://blog.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built client with figures."""
    folder = tmp_path / "dist"
    (folder / "figures").mkdir(parents=True)
    for name in ("index.html", "embed.html"):
        (folder / name).write_text("<!doctype html><title>Showroom</title>" + "<p>quiet</p>" * 200)
    (folder / "embed.js").write_text("export {};\n" * 50)
    (folder / "figures" / "figures.json").write_text('{"bodies": []}')
    (folder / "figures" / "ada.glb").write_bytes(VERTICES)
    (folder / "figures" / "texture.webp").write_bytes(NOISE)
    (folder / "figures" / "noise.glb").write_bytes(NOISE)
    return folder


class Nobody:
    async def identify(self, *, token: str, session: str) -> Principal | None:
        return None


def _ask(folder: Path, library: Library, origins: tuple[str, ...]) -> Iterator[Asker]:
    async def libraries() -> list[tuple[str, Library]]:
        return [("default", library)]

    def make() -> web.Application:
        embedding = Embedding(origins)
        plenty = Rate(1e6, 1e6)
        return Api(
            CatalogueService(libraries, fresh_s=0.0).endpoints(),
            gate=Nobody(),
            limits=Limits(dict.fromkeys(("read", "write", "costly"), plenty), address_factor=1, clock=lambda: 0.0),
            peers=Peers(host="127.0.0.1", public_url="", allowed_origins=[], trusted_proxies=[]),
            metrics=Metrics(),
            pages=Site(client.load(folder), embedding=embedding).add_to,
            embedding=embedding,
        ).app()

    with serving(make) as asker:
        yield asker


@pytest.fixture
def open_ask(folder: Path, library: Library) -> Iterator[Asker]:
    """A store that any site may embed."""
    yield from _ask(folder, library, ("*",))


@pytest.fixture
def chosen_ask(folder: Path, library: Library) -> Iterator[Asker]:
    """A store that one site may embed."""
    yield from _ask(folder, library, (ELSEWHERE,))


@pytest.mark.parametrize(
    ("name", "kind", "whole"),
    [
        ("ada.glb", "model/gltf-binary", VERTICES),
        ("texture.webp", "image/webp", NOISE),
        ("figures.json", "application/json", b'{"bodies": []}'),
    ],
)
def test_a_figure_arrives_whole_and_with_its_media_type(open_ask: Asker, name: str, kind: str, whole: bytes) -> None:
    answer = open_ask("GET", f"/figures/{name}")
    assert (answer.status, answer.body) == (200, whole)
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == "no-cache"


def test_a_large_file_comes_in_parts(open_ask: Asker) -> None:
    part = open_ask("GET", "/figures/ada.glb", Range="bytes=1000-1999", Accept_Encoding="gzip")
    assert (part.status, part.body) == (206, VERTICES[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{len(VERTICES)}"
    assert open_ask("GET", "/figures/ada.glb", Range=f"bytes={len(VERTICES)}-").status == 416


def test_a_large_file_is_packed_only_if_that_makes_it_smaller(open_ask: Asker) -> None:
    packed = open_ask("GET", "/figures/ada.glb", Accept_Encoding="gzip, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == VERTICES
    assert len(packed.body) < len(VERTICES) / 10
    plain = open_ask("GET", "/figures/noise.glb", Accept_Encoding="gzip, br")
    assert "content-encoding" not in plain.headers
    assert plain.body == NOISE


def test_a_file_that_is_known_is_not_sent_again_until_it_changes(open_ask: Asker, folder: Path) -> None:
    first = open_ask("GET", "/figures/ada.glb", Accept_Encoding="gzip")
    tag = first.headers["etag"]
    for encoding in ("gzip", "identity"):
        again = open_ask("GET", "/figures/ada.glb", Accept_Encoding=encoding, If_None_Match=tag)
        assert (again.status, again.body) == (304, b"")
    (folder / "figures" / "ada.glb").write_bytes(VERTICES[::-1])
    changed = open_ask("GET", "/figures/ada.glb", Accept_Encoding="gzip", If_None_Match=tag)
    assert (changed.status, gzip.decompress(changed.body)) == (200, VERTICES[::-1])
    (folder / "figures" / "ada.glb").unlink()
    assert open_ask("GET", "/figures/ada.glb").status == 404


def test_large_files_are_not_held_in_memory(folder: Path) -> None:
    (folder / "figures" / "large.glb").write_bytes(bytes(8 << 20))
    tracemalloc.start()
    try:
        files = client.load(folder)
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(files) == 8
    assert held < 200_000
    assert most < 1_000_000


def test_only_the_product_page_may_stand_in_a_frame(open_ask: Asker, chosen_ask: Asker) -> None:
    def ancestors(answer: Answer) -> str:
        (found,) = [one for one in answer.headers["content-security-policy"].split("; ") if "ancestors" in one]
        return found

    assert ancestors(open_ask("GET", "/embed.html")) == "frame-ancestors *"
    assert ancestors(chosen_ask("GET", "/embed.html")) == f"frame-ancestors {ELSEWHERE}"
    for path in ("/", "/?store=boutique", "/index.html", "/api/catalogue"):
        assert ancestors(open_ask("GET", path)) == "frame-ancestors 'none'"


def test_pages_of_other_sites_may_load_the_script_the_catalogue_and_its_files_and_nothing_else(
    open_ask: Asker,
) -> None:
    model = open_ask("GET", "/api/products/chair").json()["files"]["mobile.glb"]
    for path in ("/embed.js", "/figures/ada.glb", "/api/catalogue", "/api/products/chair", model):
        found = open_ask("GET", path, Origin=ELSEWHERE).headers
        assert found["access-control-allow-origin"] == "*", path
        assert found["cross-origin-resource-policy"] == "cross-origin", path
        assert "access-control-allow-credentials" not in found
    for path in ("/", "/embed.html", "/openapi.json"):
        found = open_ask("GET", path, Origin=ELSEWHERE).headers
        assert "access-control-allow-origin" not in found, path
        assert found["cross-origin-resource-policy"] == "same-origin", path


def test_a_product_that_is_not_there_is_an_error_that_other_sites_can_read(open_ask: Asker) -> None:
    answer = open_ask("GET", "/api/products/nothing", Origin=ELSEWHERE)
    assert answer.status == 404
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_chosen_site_may_and_others_may_not(chosen_ask: Asker) -> None:
    friend = chosen_ask("GET", "/api/catalogue", Origin=ELSEWHERE).headers
    assert friend["access-control-allow-origin"] == ELSEWHERE
    assert "Origin" in friend["vary"]
    other = chosen_ask("GET", "/api/catalogue", Origin="https://other.example").headers
    assert "access-control-allow-origin" not in other
    assert other["cross-origin-resource-policy"] == "same-origin"
    assert "Origin" in other["vary"]


def test_what_is_no_origin_is_refused_at_the_start() -> None:
    with pytest.raises(BadRequest):
        Embedding(["blog"])
