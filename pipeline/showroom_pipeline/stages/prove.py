"""The proof: every delivery against the raw scan, as figures, as a page, and as a verdict."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from showroom_assets import budgets
from showroom_assets import manifest as m
from showroom_assets.errors import ToolMissing
from showroom_assets.scene import Json, Scene
from showroom_pipeline import bars, inspect, validator
from showroom_pipeline.ingest.scan import Scan
from showroom_pipeline.report import Page, write_report
from showroom_pipeline.stages.deliver import Delivered
from showroom_pipeline.stages.glance import glance
from showroom_pipeline.stages.levels import listed
from showroom_pipeline.stages.prepare import Clean
from showroom_pipeline.steps.normalise import Normalised
from showroom_pipeline.steps.pack import decoded

_GLANCE = "A first look: surface errors are estimates from above, and the glTF validator was not run."

Packs = Mapping[str, Delivered]


def prove(
    scan: Scan,
    cleaned: Clean,
    normalised: Normalised,
    reference: Scene,
    poster: bytes,
    *results: Any,
    deliveries: dict[str, list[str]],
    name: str,
    views: int,
    picture_px: int,
    validate: bool,
    facts: dict[str, str],
) -> Json:
    """
    Compare each delivery with the scan.

    Parameters
    ----------
    results
        The chain of each delivery, then each as packed, in the order of ``deliveries``.
    deliveries
        The files of each delivery's levels, near to far.
    validate
        Whether this is the whole proof, with the Khronos validator looking at the files as delivered and decoded; or
        a glance (see ``glance``).

    Returns
    -------
    dict
        ``files``: ``report.html`` and ``report.json`` · ``figures``: what the manifest says about each delivery ·
        ``reasons``: what falls short of the quality bar, one sentence each · ``notes``.
    """
    chains: dict[str, list[Json]] = dict(zip(deliveries, results[: len(deliveries)], strict=True))
    packs: dict[str, Delivered] = dict(zip(deliveries, results[len(deliveries) :], strict=True))
    plain = {key: decoded(item.data) for key, item in packs.items()}
    errors, notes = _validated(packs, plain) if validate else ({}, [_GLANCE])
    candidates = {
        key: inspect.Candidate(
            glb=plain[key],
            size_bytes=len(item.data),
            gpu_bytes=item.gpu_bytes,
            file=deliveries[key][0],
            limits=_limits(key),
            findings=_findings(key, item, deliveries[key][0]),
            validator_errors=errors.get(key),
            levels=_levels(chains[key], deliveries[key]),
        )
        for key, item in packs.items()
    }
    if validate:
        asked = bars.DEFAULT_BARS if scan.kind == "mesh" else bars.RECONSTRUCTED
        proof = _prove(reference, candidates, asked, views=views, size=picture_px)
    else:
        proof = glance(reference, candidates, views=views, size=picture_px)
    page = Page(
        name=name,
        poster=poster,
        source_bytes=sum(source.size_bytes for source in scan.sources),
        facts=facts,
        notes=(*scan.notes, *cleaned.notes, *normalised.notes, *notes),
    )
    with tempfile.TemporaryDirectory(prefix="showroom-report-") as folder:
        paths = write_report(Path(folder), proof, page)
        files = {path.name: path.read_bytes() for path in paths}
    return {
        "files": files,
        "figures": {key: proven.to_json() for key, proven in proof.deliveries.items()},
        "reasons": list(proof.misses),
        "notes": notes,
    }


def files_of(proof: Json) -> dict[str, bytes]:
    files: dict[str, bytes] = proof["files"]
    return files


def verdict_of(proof: Json) -> Json:
    """The proof without the page."""
    return {key: value for key, value in proof.items() if key != "files"}


def _prove(
    reference: Scene,
    candidates: Mapping[str, inspect.Candidate],
    asked: Mapping[str, bars.Bar],
    *,
    views: int,
    size: int,
) -> inspect.Proof:
    """
    As ``inspect.prove``, but two deliveries of equal bytes are looked at once: a scan within two budgets is delivered
    alike to both devices, and looking costs 3 CPU-seconds.
    """
    twins: dict[bytes, str] = {}
    first = {key: twins.setdefault(_bytes(candidate), key) for key, candidate in candidates.items()}
    distinct = {key: candidate for key, candidate in candidates.items() if first[key] == key}
    proof = inspect.prove(reference, distinct, views=views, size=size)
    found = {
        key: replace(
            proof.deliveries[first[key]],
            candidate=candidate,
            misses=_misses(asked.get(key), proof.deliveries[first[key]], candidate, proof.diagonal_mm),
        )
        for key, candidate in candidates.items()
    }
    return replace(proof, deliveries=found)


def _bytes(candidate: inspect.Candidate) -> bytes:
    assert isinstance(candidate.glb, bytes)
    return candidate.glb


def _misses(
    bar: bars.Bar | None, proven: inspect.Proven, candidate: inspect.Candidate, diagonal_mm: float
) -> tuple[str, ...]:
    if bar is None:
        return ()
    seen = proven.difference
    return bars.misses(
        bar,
        ssim=seen.ssim,
        flip=seen.flip,
        silhouette_iou=seen.silhouette_iou,
        p99_share=proven.surface.p99 / max(diagonal_mm, 1e-9),
        validator_errors=candidate.validator_errors,
    )


def _validated(packs: Packs, plain: Mapping[str, bytes]) -> tuple[dict[str, int], list[str]]:
    """Errors of each delivery, in the file itself and behind its compression; and what could not be done."""
    try:
        verdicts = validator.validate([*(item.data for item in packs.values()), *plain.values()])
    except ToolMissing as exc:
        return {}, [f"The glTF validator was not run: {exc.message}"]
    count = len(packs)
    pairs = zip(packs, verdicts[:count], verdicts[count:], strict=True)
    notes = [
        f"{key}: the glTF validator says: {verdict.first}" for key, *both in pairs for verdict in both if verdict.first
    ]
    pairs = zip(packs, verdicts[:count], verdicts[count:], strict=True)
    return {key: outside.errors + inside.errors for key, outside, inside in pairs}, notes


def _limits(key: str) -> dict[str, int]:
    budget = budgets.DEFAULT_BUDGETS.get(key, budgets.Budget())
    known = {"size_bytes": budget.size_bytes, "triangles": budget.triangles, "gpu_bytes": budget.gpu_bytes}
    return {name: bound for name, bound in known.items() if bound is not None}


def _findings(key: str, item: Delivered, file: str) -> tuple[str, ...]:
    if key not in budgets.DEFAULT_BUDGETS:
        return ()
    entry = m.Delivery(
        file=file,
        triangles=item.triangles,
        gpu_bytes=item.gpu_bytes,
        texture_max_px=item.texture_max_px,
        draw_calls=item.draw_calls,
    )
    found = budgets.verdict(entry, budgets.DEFAULT_BUDGETS[key], device=key, sizes={file: len(item.data)})
    # The first view is judged with the levels' files in hand, by ``showroom check``.
    return tuple(finding.message for finding in found if finding.code != "budget.first_view_bytes")


def _levels(chain: list[Json], files: list[str]) -> tuple[inspect.Level, ...]:
    return tuple(
        inspect.Level(
            triangles=step["triangles"],
            error_mean_mm=step["error_mm"]["mean"],
            error_p99_mm=step["error_mm"]["p99"],
            switch_below=step["switch_below"],
            file=file,
        )
        for file, step in listed(files, chain)
    )
