"""``showroom fit``: how a product sits on a person in a photo, before anybody buys it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .output import format_option, print_json, print_table

if TYPE_CHECKING:
    from showroom_assets.product import Anchor
    from showroom_pipeline.wearing.fit import Fitted

_CONSENT = (
    "Whoever is in this photo has to agree that it is looked at. It stays on this machine: the tracker runs without a "
    "network and keeps nothing."
)


@click.command()
@click.argument("product", metavar="PRODUCT", type=click.Path(path_type=Path))
@click.option(
    "--photo",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Who wears it: a face, a hand, or all of a person.",
)
@click.option("--consent", is_flag=True, help="Whoever is in the photo agrees to this.")
@click.option("-o", "--out", metavar="FILE.png", type=click.Path(path_type=Path, dir_okay=False),
              help="The picture.  [default: PRODUCT-fit.png here]")  # fmt: skip
@click.option("--report", metavar="FILE.json", type=click.Path(path_type=Path, dir_okay=False),
              help="The checks as JSON.  [default: beside the picture]")  # fmt: skip
@click.option("--models", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
              help="Where the tracking models are.  [default: those of `make setup`]")  # fmt: skip
@click.option("--as", "category", metavar="KIND", default="", help="What it is worn as, like glasses or hat.")
@click.option("--set-anchors", is_flag=True, help="Find anchors from the geometry and write them, if they pass.")
@click.option("--dry-run", is_flag=True, help="With --set-anchors: show them, and write nothing.")
@format_option
def fit(
    product: Path,
    photo: Path,
    consent: bool,
    out: Path | None,
    report: Path | None,
    models: Path | None,
    category: str,
    set_anchors: bool,
    dry_run: bool,
    output_format: str,
) -> int:
    """
    Show how a product sits on a person in a photo, and check its anchors.

    Use it before publishing glasses, a hat, headphones, a watch, a ring, shoes or a garment: it puts the product on by
    the mirror's own rules, draws the picture, and says in millimetres what is wrong. PRODUCT is a folder that `showroom
    convert` made, or a GLB with its product.toml. Needs the package mediapipe, which runs in a process without network.

    \b
    Example:
      showroom fit out/marlo-glasses --photo me.jpg --consent
      showroom fit frame.glb --photo me.jpg --consent --as glasses --set-anchors

    Exit code: 0 if it sits well, 1 if a check failed or something is missing, 2 for wrong usage.
    """
    _agreed(consent)
    from showroom_pipeline.wearing import item as items
    from showroom_pipeline.wearing import shut
    from showroom_pipeline.wearing.fit import fit as put_on
    from showroom_pipeline.wearing.picture import read_photo
    from showroom_pipeline.wearing.propose import propose

    item = items.load(product, category=category)
    pixels = read_photo(photo)
    anchors: list[Anchor] | None = None
    if set_anchors:
        from showroom_pipeline.surface_error import world_triangles

        anchors = propose(item.worn, world_triangles(item.scene))
    done = put_on(item, pixels, models=models or shut.models_folder(), anchors=anchors)
    target = out or Path(f"{product.resolve().stem}-fit.png")
    if done.png is not None:
        target.write_bytes(done.png)
    is_written = False
    if anchors is not None and done.is_good and not dry_run:
        items.write_anchors(item, anchors)
        is_written = True
    found = _report(done, item.name, anchors, is_written)
    print_json(found) if output_format == "json" else _table(done, found)
    import msgspec

    (report or target.with_suffix(".json")).write_bytes(
        msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"
    )
    if output_format == "table":
        if done.png is not None:
            click.echo(f"picture: {target}", err=True)
        if is_written:
            click.echo(f"anchors written to {item.declared}", err=True)
    bad = [check for check in done.checks if not check.is_good]
    for check in bad:
        click.echo(f"error: {check.name.replace('_', ' ')}: {check.value:.1f} {check.unit} ({check.says})", err=True)
    return 1 if bad else 0


def _agreed(consent: bool) -> None:
    if consent:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(f"{_CONSENT} Say that they do by --consent.")
    if not click.confirm(f"{_CONSENT}\nDo they agree?", default=False, err=True):
        raise click.UsageError("Without consent the photo is not looked at.")


def _report(done: "Fitted", name: str, anchors: "list[Anchor] | None", is_written: bool) -> dict[str, object]:
    return {
        "product": name,
        "verdict": "good" if done.is_good else "bad",
        "checks": [check.to_json() for check in done.checks],
        "measures": done.measures,
        "network": {"shut_by": list(done.locks)},
        **(
            {
                "anchors": [{"name": one.name, "position_m": [round(v, 6) for v in one.position_m]} for one in anchors],
                "anchors_written": is_written,
            }
            if anchors is not None
            else {}
        ),
    }


def _table(done: "Fitted", found: dict[str, object]) -> None:
    rows = [
        (
            "good" if check.is_good else "BAD", check.name.replace("_", " "), f"{check.value:.1f}",
            f"{check.least:g} to {check.most:g} {check.unit}".strip(), check.says,
        )
        for check in done.checks
    ]  # fmt: skip
    print_table(["", "check", ">value", "allowed", ""], rows, title=str(found["product"]))
    if "pupillary_distance_mm" in done.measures:
        spread = done.measures["pupillary_distance_spread_mm"]
        click.echo(f"pupillary distance {done.measures['pupillary_distance_mm']} ± {spread} mm", err=True)
