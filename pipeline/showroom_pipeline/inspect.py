"""
The proof: what each delivery of a product looks like and measures against the raw scan.

What it is: pictures from the same cameras before and after, their differences, two-way surface error, budgets and
quality bars brought together as a ``Proof``, which ``report.write_report`` turns into ``report.html`` and
``report.json``.

What it is not: a gate. It says what falls short; the caller refuses (``QualityRefused``) or lets it pass.

Cost for a 40 k-triangle scan and four deliveries, twelve views of 512 by 512, on a busy machine: 12 CPU-seconds, of
which pictures 7, their comparison 3.5, surfaces 1.5 (half of it open3d's import).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from showroom_assets.glb import read_glb
from showroom_assets.scene import U8, Scene
from showroom_pipeline.bars import DEFAULT_BARS, Bar, misses
from showroom_pipeline.compare import Comparison
from showroom_pipeline.describe import describe
from showroom_pipeline.metrics import Difference
from showroom_pipeline.render import Camera, Studio
from showroom_pipeline.surface_error import Surface, SurfaceError, surface_error

__all__ = ["Candidate", "Level", "Proof", "Proven", "describe", "prove"]

MIN_VIEWS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of detail, for the report: errors in mm, and the screen height (0..1) below which it is drawn."""

    triangles: int
    error_mean_mm: float
    error_p99_mm: float
    switch_below: float | None = None
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """
    A delivery to be proven.

    Parameters
    ----------
    glb
        Its *decoded* bytes, or the scene they hold.
    size_bytes, gpu_bytes
        Of the file as delivered.
    file
        Its name.
    limits
        Budgets to show beside the figures: any of ``size_bytes``, ``triangles``, ``gpu_bytes``.
    findings
        Sentences on the budgets it breaks (``showroom_assets.budgets.verdict``).
    validator_errors
        Of the Khronos validator; None if it was not run.
    levels
        Its levels of detail, finest first.
    """

    glb: bytes | Scene
    size_bytes: int
    gpu_bytes: int
    file: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    validator_errors: int | None = None
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """
    What was found about one delivery. ``pictures (v, h, w, 4) uint8``; ``misses`` says what falls short of the quality
    bar, ``over`` what breaks a budget.
    """

    candidate: Candidate
    triangles: int
    difference: Difference
    surface: SurfaceError
    pictures: U8
    misses: tuple[str, ...]

    @property
    def over(self) -> tuple[str, ...]:
        return self.candidate.findings

    @property
    def passes(self) -> bool:
        """Whether it is good enough to sell from and light enough for its device."""
        return not self.misses and not self.over

    def to_json(self) -> dict[str, Any]:
        """The figures, rounded to what is meant by them."""
        seen, surface = self.difference, self.surface
        return {
            "bytes": self.candidate.size_bytes,
            "triangles": self.triangles,
            "gpu_bytes": self.candidate.gpu_bytes,
            "psnr": round(seen.psnr, 3),
            "ssim": round(seen.ssim, 5),
            "flip": round(seen.flip, 5),
            "silhouette_iou": round(seen.silhouette_iou, 5),
            "surface_error_mm": {key: round(getattr(surface, key), 5) for key in ("mean", "rms", "p99", "max")},
            "validator_errors": self.candidate.validator_errors,
            "file": self.candidate.file,
            "worst_view": seen.worst_view,
            "ssim_min": round(seen.ssim_min, 5),
            "flip_max": round(seen.flip_max, 5),
            "passes": self.passes,
            "misses": list(self.misses),
            "over_budget": list(self.over),
            "views": [
                {
                    "view": view.view,
                    "psnr": round(view.psnr, 3),
                    "ssim": round(view.ssim, 5),
                    "flip": round(view.flip, 5),
                    "silhouette_iou": round(view.silhouette_iou, 5),
                }
                for view in seen.views
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """
    Before and after, for every delivery, in the order they were given. ``pictures (v, h, w, 4) uint8`` show the scan.
    """

    triangles: int
    diagonal_mm: float
    size_mm: tuple[float, float, float]
    cameras: tuple[Camera, ...]
    pictures: U8
    deliveries: dict[str, Proven]

    @property
    def passes(self) -> bool:
        return all(proven.passes for proven in self.deliveries.values())

    @property
    def misses(self) -> tuple[str, ...]:
        """What falls short of a quality bar, each sentence with the delivery's name: for ``QualityRefused``."""
        return tuple(f"{name}: {miss}" for name, proven in self.deliveries.items() for miss in proven.misses)

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": "showroom.report/1",
            "reference": {
                "triangles": self.triangles,
                "size_mm": [round(side, 3) for side in self.size_mm],
                "diagonal_mm": round(self.diagonal_mm, 3),
            },
            "views": len(self.cameras),
            "picture_px": int(self.pictures.shape[1]),
            "passes": self.passes,
            "deliveries": {name: proven.to_json() for name, proven in self.deliveries.items()},
        }


def prove(
    reference: Scene,
    deliveries: Mapping[str, Candidate],
    *,
    bars: Mapping[str, Bar] = DEFAULT_BARS,
    views: int = MIN_VIEWS,
    size: int = 512,
    studio: Studio | None = None,
) -> Proof:
    """
    Compare each delivery with the raw scan.

    Parameters
    ----------
    reference
        The scan after normalisation (same place, metres) and before anything was taken away.
    deliveries
        By name; each is judged by the bar of that name, if there is one.
    bars
        Quality bars by name.
    views
        Cameras, evenly around; every third is a close-up.
    size
        Width and height of each picture, pixels.
    studio
        Where pictures are taken; its own size counts then.

    Raises
    ------
    EmptyInput
        The scan or a delivery draws no triangle.
    ToolMissing
        No renderer here.
    DamagedFile
        A delivery cannot be read.
    """
    own = studio is None
    stage = studio if studio is not None else Studio(size)
    try:
        surface = Surface(reference)
        low, high = surface.positions.min(axis=0), surface.positions.max(axis=0)
        diagonal_mm = float(np.linalg.norm(high - low)) * 1000.0
        comparison = Comparison(stage, reference, views=views)
        proven = {
            name: _proven(candidate, comparison, surface, diagonal_mm, bars.get(name))
            for name, candidate in deliveries.items()
        }
    finally:
        if own:
            stage.close()
    width, height, depth = (float(side) * 1000.0 for side in high - low)
    return Proof(
        triangles=reference.triangles,
        diagonal_mm=diagonal_mm,
        size_mm=(width, height, depth),
        cameras=tuple(comparison.cameras),
        pictures=comparison.reference.pictures,
        deliveries=proven,
    )


def _proven(
    candidate: Candidate, comparison: Comparison, surface: Surface, diagonal_mm: float, bar: Bar | None
) -> Proven:
    scene = candidate.glb if isinstance(candidate.glb, Scene) else read_glb(candidate.glb)
    pictures = comparison.studio.pictures(candidate.glb, comparison.cameras)
    difference = comparison.reference.compare(pictures, maps=True)
    error = surface_error(surface, scene)
    missed = (
        ()
        if bar is None
        else misses(
            bar,
            ssim=difference.ssim,
            flip=difference.flip,
            silhouette_iou=difference.silhouette_iou,
            p99_share=error.p99 / max(diagonal_mm, 1e-9),
            validator_errors=candidate.validator_errors,
        )
    )
    return Proven(
        candidate=candidate,
        triangles=scene.triangles,
        difference=difference,
        surface=error,
        pictures=pictures,
        misses=missed,
    )
