"""
Writing the report: one HTML file with everything in it, and the figures as JSON.

The page asks nothing of the network: pictures are embedded, and its content security policy allows only its own style
and script, by hash, so that not even a product whose name is a script tag can run anything. All text from outside is
escaped.

Pictures are made smaller until the page keeps within ``MAX_BYTES``.
"""

import base64
import hashlib
import html
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from showroom_assets.scene import F32, U8
from showroom_pipeline.inspect import Proof, Proven
from showroom_pipeline.report import words

MAX_BYTES = 2_000_000
_STAGE = np.array([235.0, 232.0, 225.0], dtype=np.float32)
_YES = (
    '<svg viewBox="0 0 18 18" aria-hidden="true"><path d="M4 9.5l3.2 3.2L14 6" fill="none" stroke="currentColor" '
    'stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg>'
)
_NO = (
    '<svg viewBox="0 0 18 18" aria-hidden="true"><path d="M9 4.2v6M9 13.4v.2" fill="none" stroke="currentColor" '
    'stroke-width="2.4" stroke-linecap="round"/></svg>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    What the page says beside the proof.

    Parameters
    ----------
    name
        The product's name.
    poster
        A WebP picture for the top; without one, the first view of the scan is shown.
    source_bytes
        What the scan weighed.
    facts
        Further rows of "About this product": licence, source, declared dimensions, …
    notes
        What the steps did, one sentence each.
    footer
        A last line: tool and version.
    """

    name: str
    poster: bytes | None = None
    source_bytes: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    footer: str = "Made with Showroom. This page works offline and loads nothing."


def write_report(folder: Path, proof: Proof, page: Page) -> tuple[Path, Path]:
    """
    Write ``report.html`` and ``report.json`` into ``folder``, which must exist.

    Returns the two paths. Same proof, same bytes.
    """
    figures = folder / "report.json"
    figures.write_text(json.dumps({"name": page.name, **proof.to_json()}, indent=2) + "\n", encoding="utf-8")
    document = folder / "report.html"
    document.write_text(render(proof, page), encoding="utf-8")
    return document, figures


def render(proof: Proof, page: Page) -> str:
    """The page as HTML, at most ``MAX_BYTES`` long unless there are very many deliveries."""
    for px, quality in ((384, 76), (384, 62), (320, 60), (256, 55), (192, 45)):
        pictures = _pictures(proof, px, quality)
        text = _filled(proof, page, pictures)
        if len(text.encode()) <= MAX_BYTES:
            break
    return text


def _filled(proof: Proof, page: Page, pictures: dict[str, Any]) -> str:
    name, first = words.best(proof)
    style, script = _part("style.css"), _part("script.js")
    start = _front(proof)
    poster = _uri(page.poster) if page.poster else pictures["before"][start]
    return Template(_part("page.html")).substitute(
        name=_escape(page.name.replace("_", " ")),  # scans are named after folders
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        poster=poster,
        headline=_escape(words.likeness(first.difference.ssim)),
        summary=_escape(words.summary(proof, source_bytes=page.source_bytes)),
        pill_class="" if proof.passes else " bad",
        pill_icon=_YES if proof.passes else _NO,
        pill=_escape(words.verdict(proof)),
        facts=_hero_facts(proof),
        delivery_choice="".join(
            f'<label><input type="radio" name="delivery" value="{_escape(each)}"{" checked" if each == name else ""}>'
            f"{_escape(words.title(each))}</label>"
            for each in proof.deliveries
        ),
        first_before=pictures["before"][start],
        first_after=pictures["deliveries"][name]["views"][start]["picture"],
        views=str(len(proof.cameras)),
        thumbs="".join(_thumb(i, uri, checked=i == start) for i, uri in enumerate(pictures["thumbs"])),
        rows="".join(_row(each, proven) for each, proven in proof.deliveries.items()),
        why=_why(proof),
        levels=_levels(proof),
        about=_about(proof, page),
        notes=_list(page.notes) if page.notes else '<p class="note">Nothing had to be mended.</p>',
        numbers="".join(_numbers(each, proven) for each, proven in proof.deliveries.items()),
        footer=_escape(page.footer),
        pictures=json.dumps({key: pictures[key] for key in ("before", "deliveries")}).replace("<", "\\u003c"),
    )


def _front(proof: Proof) -> int:
    """The view to begin with: the one nearest to how a shop would show it, from the front right and above."""
    wanted = np.array([0.45, 0.35, 0.82])
    away = np.array([np.subtract(camera.position, camera.target) for camera in proof.cameras])
    facing = away @ wanted / np.maximum(np.linalg.norm(away, axis=1), 1e-12)
    whole = np.arange(len(facing)) % 3 != 2  # every third is a close-up
    return int(np.argmax(np.where(whole, facing, -2.0)))


def _thumb(index: int, uri: str, *, checked: bool) -> str:
    mark = " checked" if checked else ""
    label = f"View {index + 1}"
    return (
        f'<label><input type="radio" name="view" value="{index}"{mark} aria-label="{label}">'
        f'<img src="{uri}" alt=""></label>'
    )


def _hero_facts(proof: Proof) -> str:
    name, first = words.best(proof)
    light_name, light = min(proof.deliveries.items(), key=lambda item: item[1].candidate.size_bytes)
    count = light.candidate.size_bytes
    rows = [
        ("Looks alike", words.percent(first.difference.ssim), f"mean of {len(proof.cameras)} views, {name}"),
        (
            "Shape is off by",
            words.millimetres(first.surface.mean),
            f"99 % within {words.millimetres(first.surface.p99)}",
        ),
        ("Lightest download", words.size(count), f"{light_name}, {words.seconds_on_phone(count)} on 4G"),
        ("Triangles", f"{light.triangles:,}", f"{light_name}; the scan had {proof.triangles:,}"),
    ]
    return "".join(
        f"<div><dt>{_escape(label)}</dt><dd>{_escape(value)}<small>{_escape(small)}</small></dd></div>"
        for label, value, small in rows
    )


def _row(name: str, proven: Proven) -> str:
    candidate, seen, surface = proven.candidate, proven.difference, proven.surface
    limits = candidate.limits
    checked = {None: "not run", 0: "no errors", 1: "1 error"}.get(
        candidate.validator_errors, f"{candidate.validator_errors} errors"
    )
    verdict = f'<span class="yes">{_YES}Ready</span>' if proven.passes else f'<span class="no">{_NO}Not ready</span>'
    cells = [
        (
            "Download",
            _metered(words.size(candidate.size_bytes), candidate.size_bytes, limits.get("size_bytes"), words.size),
        ),
        ("Triangles", _metered(f"{proven.triangles:,}", proven.triangles, limits.get("triangles"), "{:,}".format)),
        ("Memory", _metered(words.size(candidate.gpu_bytes), candidate.gpu_bytes, limits.get("gpu_bytes"), words.size)),
        ("Looks alike", f"{words.percent(seen.ssim)}<small>worst view {words.percent(seen.ssim_min)}</small>"),
        ("Outline", words.percent(seen.silhouette_iou)),
        (
            "Shape is off by",
            f"{words.millimetres(surface.mean)}<small>99 % within {words.millimetres(surface.p99)}</small>",
        ),
        ("glTF check", _escape(checked)),
        ("Verdict", verdict),
    ]
    head = f'<th scope="row">{_escape(words.title(name))}<small>{_escape(candidate.file)}</small></th>'
    body = "".join(f'<td data-label="{label}">{cell}</td>' for label, cell in cells)
    return f"<tr>{head}{body}</tr>"


def _metered(text: str, value: int, limit: int | None, shown: Any) -> str:
    if not limit:
        return _escape(text)
    share = min(value / limit, 1.0)
    over = " over" if value > limit else ""
    # an SVG bar: inline style attributes would need a looser content security policy
    return (
        f'{_escape(text)}<small>of {_escape(shown(limit))}</small><svg class="meter{over}" viewBox="0 0 88 4" '
        f'preserveAspectRatio="none" aria-hidden="true"><rect width="{88 * share:.1f}" height="4"/></svg>'
    )


def _why(proof: Proof) -> str:
    lines = [
        f"<li><b>{_escape(words.title(name))}.</b> {_escape(line)}</li>"
        for name, proven in proof.deliveries.items()
        for line in (*proven.misses, *proven.over)
    ]
    return f'<ul class="why">{"".join(lines)}</ul>' if lines else ""


def _levels(proof: Proof) -> str:
    bodies = []
    for name, proven in proof.deliveries.items():
        for i, level in enumerate(proven.candidate.levels):
            head = f'<th scope="rowgroup" rowspan="{len(proven.candidate.levels)}">{_escape(words.title(name))}</th>'
            when = "close up" if level.switch_below is None else f"below {level.switch_below:.0%} of the screen"
            bodies.append(
                f"<tr>{head if i == 0 else ''}<td>{i + 1}</td><td>{level.triangles:,}</td><td>{_escape(when)}</td>"
                f"<td>{words.millimetres(level.error_mean_mm)}</td><td>{words.millimetres(level.error_p99_mm)}</td></tr>"
            )
    if not bodies:
        return ""
    return (
        '<section aria-labelledby="h-levels"><h2 id="h-levels">Levels of detail</h2>'
        '<p class="lead">Far away, a lighter version is drawn; nobody sees the change.</p>'
        '<div class="panel scroll" tabindex="0" role="region" aria-labelledby="h-levels"><table><thead><tr>'
        '<th scope="col">For</th><th scope="col">Level</th><th scope="col">Triangles</th>'
        '<th scope="col">Drawn when its height is</th>'
        '<th scope="col">Shape is off by</th><th scope="col">99 % within</th></tr></thead>'
        f"<tbody>{''.join(bodies)}</tbody></table></div></section>"
    )


def _about(proof: Proof, page: Page) -> str:
    width, height, depth = proof.size_mm
    rows = {
        "Size": f"{width:,.0f} × {height:,.0f} × {depth:,.0f} mm (wide, high, deep)",
        "Scan": f"{proof.triangles:,} triangles" + (f", {words.size(page.source_bytes)}" if page.source_bytes else ""),
        **page.facts,
    }
    return "".join(f"<dt>{_escape(key)}</dt><dd>{_escape(value)}</dd>" for key, value in rows.items())


def _numbers(name: str, proven: Proven) -> str:
    return "".join(
        f'<tr><th scope="row">{_escape(name)}</th><td>{view.view + 1}</td><td>{view.psnr:.2f}</td>'
        f"<td>{view.ssim:.4f}</td><td>{view.flip:.4f}</td><td>{view.silhouette_iou:.4f}</td></tr>"
        for view in proven.difference.views
    )


def _list(lines: Iterable[str]) -> str:
    return f'<ul class="notes">{"".join(f"<li>{_escape(line)}</li>" for line in lines)}</ul>'


def _pictures(proof: Proof, px: int, quality: int) -> dict[str, Any]:
    before = [_on_stage(picture) for picture in proof.pictures]
    deliveries = {}
    for name, proven in proof.deliveries.items():
        errors = {view.view: view.error for view in proven.difference.views}
        views = [
            {
                "picture": _shrunk(_on_stage(picture), px, quality),
                "error": _shrunk(_heat(picture, errors.get(i)), px * 2 // 3, quality - 10),
                "note": words.view_note(name, i, proven),
            }
            for i, picture in enumerate(proven.pictures)
        ]
        deliveries[name] = {"worst": proven.difference.worst_view, "views": views}
    return {
        "before": [_shrunk(picture, px, quality) for picture in before],
        "thumbs": [_shrunk(picture, 96, quality) for picture in before],
        "deliveries": deliveries,
    }


def _on_stage(picture: U8) -> U8:
    alpha = picture[..., 3:].astype(np.float32) / 255.0
    out: U8 = (picture[..., :3] * alpha + _STAGE * (1.0 - alpha) + 0.5).astype(np.uint8)
    return out


def _heat(picture: U8, error: U8 | None) -> U8:
    """The error map in warm colours over a faint grey picture of the product."""
    grey = picture[..., :3].astype(np.float32).mean(axis=-1, keepdims=True)
    alpha = picture[..., 3:].astype(np.float32) / 255.0
    faint = _STAGE * (1.0 - 0.35 * alpha) + grey * 0.35 * alpha
    if error is None:
        plain: U8 = faint.astype(np.uint8)
        return plain
    level = np.sqrt(error.astype(np.float32) / 255.0)[..., None]  # small errors are the ones to look for
    colour = _ramp()[(level[..., 0] * 255.0).astype(np.uint8)]
    strength = np.clip(level * 2.2, 0.0, 1.0)
    out: U8 = (faint * (1.0 - strength) + colour * strength).astype(np.uint8)
    return out


@cache
def _ramp() -> F32:
    """Pale to dark, as in the page's legend: readable without telling red from green."""
    stops = np.array([[235, 232, 225], [243, 207, 122], [224, 118, 60], [154, 31, 61], [60, 15, 78]], dtype=np.float32)
    at = np.linspace(0.0, 4.0, 256)
    ramp: F32 = np.stack([np.interp(at, np.arange(5), stops[:, c]) for c in range(3)], axis=1).astype(np.float32)
    return ramp


def _shrunk(picture: U8, px: int, quality: int) -> str:
    from PIL import Image

    image = Image.fromarray(picture)
    if px < image.width:
        image = image.resize((px, px), Image.Resampling.HAMMING)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=1)
    return _uri(buffer.getvalue())


def _uri(webp: bytes) -> str:
    return "data:image/webp;base64," + base64.b64encode(webp).decode()


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _part(name: str) -> str:
    return files("showroom_pipeline.report").joinpath(name).read_text(encoding="utf-8")


def _escape(text: str) -> str:
    return html.escape(text, quote=True)
