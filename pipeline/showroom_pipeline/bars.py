"""
Quality bars: how much a delivery may differ from the scan before it is refused.

What it is: thresholds for each class of device, and the sentences that say which of them a delivery misses. A bar
judges looks and shape; what a device can carry is judged by ``showroom_assets.budgets``.

The desktop bar (SSIM 0.97, outline 0.995) is this project's promise; the others step down with the size of the screen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """
    The least that passes; None asks nothing.

    ``ssim`` and ``silhouette_iou``: means over the views, at least. ``flip``: mean, at most. ``p99_share``: 99th
    percentile of the surface error over the product's diagonal, at most. ``validator_errors``: at most.
    """

    ssim: float | None = None
    flip: float | None = None
    silhouette_iou: float | None = None
    p99_share: float | None = None
    validator_errors: int | None = 0


DEFAULT_BARS: Mapping[str, Bar] = {
    "mobile": Bar(ssim=0.92, flip=0.12, silhouette_iou=0.985, p99_share=0.010),
    "headset": Bar(ssim=0.95, flip=0.09, silhouette_iou=0.990, p99_share=0.006),
    "desktop": Bar(ssim=0.97, flip=0.07, silhouette_iou=0.995, p99_share=0.004),
    "plain": Bar(ssim=0.95, flip=0.09, silhouette_iou=0.990, p99_share=0.006),
    "webp": Bar(ssim=0.92, flip=0.12, silhouette_iou=0.985, p99_share=0.010),
}


RECONSTRUCTED: Mapping[str, Bar] = {
    name: replace(bar, silhouette_iou=min(bar.silhouette_iou or 0.0, 0.985)) for name, bar in DEFAULT_BARS.items()
}
"""For surfaces made from points or depth: their own rim is uncertain by a voxel, about one per cent of the outline."""


def misses(
    bar: Bar,
    *,
    ssim: float,
    flip: float,
    silhouette_iou: float,
    p99_share: float | None,
    validator_errors: int | None,
) -> tuple[str, ...]:
    """
    What falls short of ``bar``, one sentence each with the numbers; empty if it passes.

    ``p99_share`` or ``validator_errors`` of None were not measured, and are not judged.
    """
    out = []
    if bar.ssim is not None and ssim < bar.ssim:
        out.append(f"It looks {ssim:.1%} alike; at least {bar.ssim:.1%} is asked. Allow more bytes or triangles.")
    if bar.flip is not None and flip > bar.flip:
        out.append(f"Flipping between before and after shows a difference of {flip:.3f}; {bar.flip:.3f} is allowed.")
    if bar.silhouette_iou is not None and silhouette_iou < bar.silhouette_iou:
        out.append(
            f"Its outline covers {silhouette_iou:.2%} of the scan's; at least {bar.silhouette_iou:.2%} is asked. "
            "Allow more triangles."
        )
    if bar.p99_share is not None and p99_share is not None and p99_share > bar.p99_share:
        out.append(
            f"A hundredth of its surface is more than {p99_share:.2%} of its size off; {bar.p99_share:.2%} is allowed. "
            "Allow more triangles."
        )
    if bar.validator_errors is not None and validator_errors is not None and validator_errors > bar.validator_errors:
        out.append(f"The glTF validator finds {validator_errors} errors; {bar.validator_errors} are allowed.")
    return tuple(out)
