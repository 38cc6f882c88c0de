"""``showroom rig``: bones for a garment that has none."""

from pathlib import Path
from typing import Any

import click

from .output import format_option, print_json, print_table


@click.command()
@click.argument("garment", metavar="GARMENT.glb", type=click.Path(path_type=Path))
@click.option("-o", "--out", metavar="FILE.glb", type=click.Path(path_type=Path, dir_okay=False),
              help="The garment with bones.  [default: GARMENT-rigged.glb beside it]")  # fmt: skip
@click.option("--as", "kind", type=click.Choice(["top", "jacket", "dress", "trousers", "skirt"]), default="top",
              show_default=True, help="What it is.")  # fmt: skip
@click.option("--force", is_flag=True, help="Write it even if it stretches badly.")
@click.option("--dry-run", is_flag=True, help="Show what would come of it; write nothing.")
@format_option
def rig(garment: Path, out: Path | None, kind: Any, force: bool, dry_run: bool, output_format: str) -> int:
    """
    Bind a garment to the bones of a body, so that the mirror and `showroom fit` can put it on.

    Use it for a scan or a model of a T-shirt, jacket, dress, trousers or skirt that stands upright, faces +Z, and has
    no bones. It keeps the garment's size and shape, adds a humanoid rig (VRM names) and says how far the cloth
    stretches in five poses.

    \b
    Example:
      showroom rig jacket.glb --as jacket -o jacket-rigged.glb

    Exit code: 0 if it was bound well, 1 if not, 2 for wrong usage.
    """
    from showroom.cli.inspect import read_model
    from showroom_assets.glb import read_glb, write_glb
    from showroom_pipeline.wearing.rig import rig as bind

    done = bind(read_glb(read_model(garment)), kind=kind)
    target = out or garment.with_name(f"{garment.stem}-rigged.glb")
    is_written = not dry_run and (force or not done.faults)
    if is_written:
        target.write_bytes(write_glb(done.scene))
    if output_format == "json":
        print_json({**done.report, "faults": done.faults, "file": str(target) if is_written else None})
    else:
        rows = [(pose, f"{one['p99']:.2f}", f"{one['max']:.2f}") for pose, one in done.report["stretch"].items()]
        print_table(["pose", ">stretch, 99 of 100", ">largest"], rows, title=garment.name)
        arms = (
            f", arms {done.report['arms_down_deg']:.0f}° below level" if "leftUpperArm" in done.report["bones"] else ""
        )
        click.echo(f"{done.report['vertices']:,} vertices on {len(done.report['bones'])} bones{arms}", err=True)
        if is_written:
            click.echo(f'written to {target}; in its product.toml say [wearable] rig = "vrm1"', err=True)
    for fault in done.faults:
        click.echo(f"error: {fault}", err=True)
    return 1 if done.faults and not force else 0
