"""How a scan is to become a product: the options of ``convert`` and of ``upload``, which has it done elsewhere."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

DIRECTIONS = ["+X", "-X", "+Y", "-Y", "+Z", "-Z"]
_SCALES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY_SCALES = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


class Bytes(click.ParamType[int]):
    """``300kB``, ``1.5MB``, ``4GB`` or a plain number; decimal units, ``KiB`` and the like binary."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        text = str(value).strip().lower().replace(" ", "")
        digits = text.rstrip("bkmgti")
        unit = text[len(digits) :]
        scales = _BINARY_SCALES if unit.endswith("ib") else _SCALES
        try:
            scale = scales[unit.removesuffix("ib").removesuffix("b")]
            number = float(digits)
        except (KeyError, ValueError):
            scale, number = 0, 0.0
        if not 1 <= number * scale < 1e15:
            self.fail(f"'{value}' is not a size. Write it like 300kB, 1.5MB or 4GB.", param, ctx)
        return round(number * scale)


_OPTIONS = (
    click.option("--fast", is_flag=True, help="A first look: WebP only, no USDZ and turntable, a quick check."),
    click.option(
        "--preset",
        "presets",
        multiple=True,
        type=click.Choice(["mobile", "desktop", "headset", "plain", "all"]),
        help="Which deliveries to make; may be repeated.  [default: all]",
    ),
    click.option("--target-triangles", type=click.IntRange(4, 10**8), metavar="N", help="Triangles of every delivery."),
    click.option("--max-bytes", type=Bytes(), metavar="SIZE", help="Largest file of every delivery, like 800kB."),
    click.option(
        "--unit", type=click.Choice(["mm", "cm", "m", "in", "ft"]), help="The unit of the scan's coordinates."
    ),
    click.option("--dimensions", metavar="WxHxD", help="The product's real size, like 30x20x12cm."),
    click.option(
        "--dimension-tolerance",
        type=click.FloatRange(0, 1),
        metavar="SHARE",
        help="How far the mesh may be off --dimensions.  [default: 0.05]",
    ),
    click.option("--up", type=click.Choice(DIRECTIONS), help="Which way is up in the scan."),
    click.option("--front", type=click.Choice(DIRECTIONS), help="Which way the product looks in the scan."),
    click.option("--object", metavar="NAME", help="Of a capture with masks: the object to keep."),
    click.option(
        "--max-depth",
        "max_depth_m",
        type=click.FloatRange(0.01, 100),
        metavar="M",
        help="Of a capture: metres to look at most.",
    ),
    click.option(
        "--textures", type=click.Choice(["ktx2", "webp"]), help="Texture codec.  [default: ktx2, --fast: webp]"
    ),
    click.option("--license", "licence", metavar="TEXT", help="Licence of the model, like CC-BY-4.0."),
    click.option("--attribution", metavar="TEXT", help="Whom to name."),
)


def making_options(command: Command) -> Command:
    """The options, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
