"""The proof and its report: figures by their agreed names, verdicts with reasons, and a page that nothing can break."""

import base64
import hashlib
import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from showroom_assets.errors import UnsupportedFormat
from showroom_assets.glb import write_glb
from showroom_assets.scene import Scene
from showroom_pipeline.bars import DEFAULT_BARS, Bar, misses
from showroom_pipeline.describe import describe
from showroom_pipeline.inspect import Candidate, Level, Proof, prove
from showroom_pipeline.render import Studio
from showroom_pipeline.report import Page, words, write_report

HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)> $name ${style} \u202e"


@pytest.fixture(scope="module")
def scan(shapes: SimpleNamespace) -> Scene:
    made: Scene = shapes.textured(shapes.ball(rings=40, shift_m=(0.0, 0.1, 0.0)), shapes.checks())
    return made


@pytest.fixture(scope="module")
def proof(scan: Scene, shapes: SimpleNamespace, small_studio: Studio) -> Proof:
    kept = write_glb(scan)
    coarse = write_glb(shapes.textured(shapes.ball(rings=6, shift_m=(0.0, 0.1, 0.0)), shapes.checks(fade=0.6)))
    level = Level(triangles=900, error_mean_mm=0.4, error_p99_mm=1.5, switch_below=0.25)
    candidates = {
        "desktop": Candidate(
            glb=kept, size_bytes=len(kept), gpu_bytes=123_456, file="desktop.glb", validator_errors=0,
            limits={"size_bytes": 5_000_000, "triangles": 100_000}, levels=(level,),
        ),
        "mobile": Candidate(
            glb=coarse, size_bytes=len(coarse), gpu_bytes=9_999, file=HOSTILE, validator_errors=2,
            findings=(f"mobile.glb is too heavy {HOSTILE}",), limits={"size_bytes": 10},
        ),
    }  # fmt: skip
    return prove(scan, candidates, studio=small_studio)


def test_a_delivery_equal_to_the_scan_passes_and_a_coarse_one_is_refused_with_reasons(proof: Proof) -> None:
    desktop, mobile = proof.deliveries["desktop"], proof.deliveries["mobile"]
    assert desktop.passes
    assert desktop.misses == ()
    assert (desktop.difference.psnr, desktop.difference.flip, desktop.difference.silhouette_iou) == (99.0, 0.0, 1.0)
    assert desktop.surface.max < 1e-4
    assert not mobile.passes
    assert not proof.passes
    text = " ".join(mobile.misses)
    for reason in ("alike", "outline", "validator", "off;"):
        assert reason in text
    assert all(line.startswith("mobile: ") for line in proof.misses)


def test_the_figures_have_the_agreed_names(proof: Proof, tmp_path: Path) -> None:
    _, path = write_report(tmp_path, proof, Page(name="Ball"))
    report = json.loads(path.read_text())
    assert report["views"] >= 12
    for name in ("desktop", "mobile"):
        figures = report["deliveries"][name]
        for key in ("bytes", "triangles", "gpu_bytes", "psnr", "ssim", "flip", "silhouette_iou", "validator_errors"):
            assert isinstance(figures[key], (int, float)), key
        assert set(figures["surface_error_mm"]) >= {"mean", "p99"}
    assert report["deliveries"]["desktop"]["triangles"] == 2 * 40 * 80
    assert report["reference"]["size_mm"] == pytest.approx([200, 200, 200], abs=0.1)


def test_the_surface_error_of_a_coarse_ball_is_its_sagitta(proof: Proof) -> None:
    """A ball of 6 rings: chords of 30 degrees, whose middles lie 100 mm times (1 - cos 15 deg) = 3.4 mm deep."""
    found = proof.deliveries["mobile"].surface
    assert 2.0 < found.mean < 4.5
    assert 3.4 < found.max < 6.9  # a quad's diagonal is two such chords deep


def test_the_page_is_the_same_each_time_and_small(proof: Proof, tmp_path: Path) -> None:
    first, _ = write_report(tmp_path, proof, Page(name="Ball"))
    text = first.read_bytes()
    write_report(tmp_path, proof, Page(name="Ball"))
    assert first.read_bytes() == text
    assert len(text) <= 2_000_000


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def _page(proof: Proof, folder: Path) -> tuple[str, _Elements]:
    page = Page(
        name=HOSTILE, source_bytes=8_400_000, facts={HOSTILE: HOSTILE}, notes=(HOSTILE,), footer=HOSTILE,
    )  # fmt: skip
    document, _ = write_report(folder, proof, page)
    text = document.read_text(encoding="utf-8")
    elements = _Elements()
    elements.feed(text)
    return text, elements


def test_no_text_from_outside_becomes_markup(proof: Proof, tmp_path: Path) -> None:
    text, elements = _page(proof, tmp_path)
    assert sum(tag == "script" for tag, _ in elements.found) == 2
    assert not any(key.startswith("on") for _, attributes in elements.found for key in attributes)
    assert "<img src=x" not in text
    assert HOSTILE in elements.text  # shown as it is, "$name" and all


def test_the_page_asks_nothing_of_the_network(proof: Proof, tmp_path: Path) -> None:
    text, elements = _page(proof, tmp_path)
    for tag, attributes in elements.found:
        for key in ("src", "href", "srcset", "action", "poster"):
            value = attributes.get(key)
            assert value is None or value.startswith("data:image/webp;base64,"), (tag, key)
    assert not re.search(r"url\(|@import|https?://", text)


def test_the_content_security_policy_allows_just_the_style_and_script_that_are_there(
    proof: Proof, tmp_path: Path
) -> None:
    text, elements = _page(proof, tmp_path)
    policy = next(a["content"] for t, a in elements.found if t == "meta" and "http-equiv" in a) or ""
    for tag in ("style", "script"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert body is not None
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert not any("style" in attributes for _, attributes in elements.found)  # would be blocked by it


def test_every_picture_and_control_has_a_name(proof: Proof, tmp_path: Path) -> None:
    text, elements = _page(proof, tmp_path)
    assert all("alt" in attributes for tag, attributes in elements.found if tag == "img")
    labelled = re.findall(r"<label>(<input[^>]*>)(.*?)</label>", text)
    assert len(labelled) == 2 + 2 + 12  # deliveries, modes, views
    for control, words_ in labelled:
        assert "aria-label=" in control or html.unescape(re.sub(r"<[^>]*>", "", words_)).strip()
    data = json.loads(re.search(r'id="pictures">(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]
    assert len(data["before"]) == len(data["deliveries"]["mobile"]["views"]) == 12


def test_a_bar_says_what_is_missed_and_nothing_else() -> None:
    good: dict[str, Any] = {
        "ssim": 0.99, "flip": 0.01, "silhouette_iou": 0.999, "p99_share": 0.001, "validator_errors": 0,
    }  # fmt: skip
    for bar in DEFAULT_BARS.values():
        assert misses(bar, **good) == ()
        for key, bad in {
            "ssim": 0.5, "flip": 0.5, "silhouette_iou": 0.5, "p99_share": 0.5, "validator_errors": 1,
        }.items():  # fmt: skip
            assert len(misses(bar, **{**good, key: bad})) == 1
    assert misses(Bar(validator_errors=None), **{**good, "ssim": 0.1, "validator_errors": 9}) == ()
    assert misses(Bar(p99_share=0.1), **{**good, "p99_share": None, "validator_errors": None}) == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [(999, "999 B"), (1000, "1 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (123_456_789, "123 MB")],
)
def test_sizes_are_said_in_decimal_units(value: int, text: str) -> None:
    assert words.size(value) == text


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert words.percent(0.99999) == "99.9 %"
    assert words.percent(1.0) == "100 %"
    assert words.percent(0.987) == "98.7 %"


def test_describe_counts_what_is_there(scan: Scene) -> None:
    found = describe(write_glb(scan))
    assert found["triangles"] == 2 * 40 * 80
    assert found["draw_calls"] == 1
    assert found["vertices"] == 41 * 81
    assert found["size_m"] == pytest.approx([0.2, 0.2, 0.2], abs=1e-4)
    (texture,) = found["textures"]
    assert (texture["width"], texture["height"], texture["roles"]) == (64, 64, ["baseColor"])
    assert texture["gpu_bytes"] == 64 * 64 * 4 * 4 // 3
    geometry = 41 * 81 * (12 + 12 + 8) + 2 * 40 * 80 * 3 * np.dtype("u2").itemsize
    assert found["gpu_bytes"] == geometry + texture["gpu_bytes"]
    json.dumps(found)


def test_describe_counts_a_mesh_for_each_node_that_shows_it(scan: Scene) -> None:
    node = scan.nodes[0]
    twice = replace(scan, nodes=(node, replace(node, translation=(1.0, 0.0, 0.0))), roots=(0, 1))
    found = describe(write_glb(twice))
    assert (found["draw_calls"], found["triangles"]) == (2, 2 * 2 * 40 * 80)
    assert found["size_m"][0] == pytest.approx(1.2, abs=1e-3)


def test_describe_refuses_what_is_no_glb() -> None:
    with pytest.raises(UnsupportedFormat):
        describe(b"not a model at all")
