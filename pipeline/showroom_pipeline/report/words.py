"""
Numbers in plain words, for people who are no 3D artists.

What it is: pure functions from figures to short English. What it is not: HTML; nothing here is escaped.
"""

from showroom_pipeline.inspect import Proof, Proven


def size(count: int) -> str:
    """``312 kB``, ``4.2 MB``: decimal, as file managers and budgets count."""
    if count < 1000:
        return f"{count} B"
    if count < 999_500:
        return f"{count / 1000:.0f} kB"
    value = count / 1e6
    return f"{value:.1f} MB" if value < 99.95 else f"{value:,.0f} MB"


def millimetres(value: float) -> str:
    """Two digits that mean something: ``0.04 mm``, ``1.3 mm``, ``24 mm``."""
    if value < 0.005:
        return "under 0.01 mm"
    return f"{value:.2f} mm" if value < 1.0 else f"{value:.1f} mm" if value < 10.0 else f"{value:,.0f} mm"


def percent(share: float) -> str:
    """``98.7 %``; never rounded up to 100 unless it is."""
    if share >= 1.0:
        return "100 %"
    value = int(share * 1000.0) / 10.0
    return f"{value:.1f} %"


def title(name: str) -> str:
    """A delivery's name for people: ``Mobile``, ``WebP``."""
    return "WebP" if name == "webp" else name[:1].upper() + name[1:]


def likeness(ssim: float) -> str:
    """The headline: how alike, without a number."""
    if ssim >= 0.97:
        return "Looks the same as your scan"
    if ssim >= 0.93:
        return "Looks very close to your scan"
    if ssim >= 0.85:
        return "Looks close to your scan, with softer detail"
    return "Looks different from your scan"


def best(proof: Proof) -> tuple[str, Proven]:
    """The delivery that the headline speaks of: desktop if there is one, else the most alike."""
    if "desktop" in proof.deliveries:
        return "desktop", proof.deliveries["desktop"]
    return max(proof.deliveries.items(), key=lambda item: item[1].difference.ssim)


def summary(proof: Proof, *, source_bytes: int | None) -> str:
    """One or two sentences under the headline."""
    name, proven = best(proof)
    lightest = min(proof.deliveries.values(), key=lambda item: item.candidate.size_bytes)
    shape = f"On average its surface is {millimetres(proven.surface.mean)} off ({name})."
    if proven.surface.mean < 0.005:
        shape = f"Its surface is the scan's to within a hundredth of a millimetre ({name})."
    lightest_bytes = lightest.candidate.size_bytes
    if source_bytes and source_bytes > lightest_bytes > 0:
        shape += f" The lightest file is {size(lightest_bytes)}, down from {size(source_bytes)}."
    return shape


def verdict(proof: Proof) -> str:
    """The pill: is it ready to sell from?"""
    failing = [name for name, proven in proof.deliveries.items() if not proven.passes]
    if not failing:
        return "Ready for the shelf on every device"
    if len(failing) == len(proof.deliveries):
        return "Not ready yet: see why below"
    return f"Not ready for {listed(failing)}: see why below"


def listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def seconds_on_phone(count: int) -> str:
    """How long a download takes on a slow 4G line of 9 Mbit/s (Lighthouse's "slow 4G" is 1.6, a median line is 30)."""
    seconds = count * 8 / 9e6
    return "under half a second" if seconds < 0.5 else f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"


def view_note(name: str, index: int, proven: Proven) -> str:
    """The line under the comparison."""
    found = next((view for view in proven.difference.views if view.view == index), None)
    if found is None:
        return f"View {index + 1}: the product is not in the picture."
    worst = " This is its least alike view." if index == proven.difference.worst_view else ""
    return (
        f"View {index + 1}, {name}: {percent(found.ssim)} alike, outline {percent(found.silhouette_iou)}, "
        f"visible difference {found.flip:.3f} of 1.{worst}"
    )
