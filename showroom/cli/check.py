"""``showroom check``: is a product whole, and does it keep to its budgets?"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .inspect import read_model
from .output import format_option, print_json, print_table

if TYPE_CHECKING:
    from showroom_assets.budgets import Budget
    from showroom_assets.budgets import Finding as BudgetFinding

Finding = dict[str, Any]


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--budget",
    "devices",
    multiple=True,
    metavar="DEVICE",
    help="Hold everything to this budget: mobile, desktop, headset, plain. May be repeated.  "
    "[default: each delivery to its own; a GLB to none]",
)
@click.option(
    "--budgets",
    "budget_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A TOML file with other bounds: [mobile] / triangles = 20000.",
)
@format_option
def check(paths: tuple[Path, ...], devices: tuple[str, ...], budget_file: Path | None, output_format: str) -> int:
    """
    Check product folders or GLB files; exit 1 if one fails.

    Use it before publishing, or in CI, on what `showroom convert` wrote or on files from elsewhere. Of a folder with a
    product.json it checks that every file is there and unchanged, that the manifest agrees with itself, and the
    budgets. A GLB is read in full, validated, and held to the budgets that are named.

    \b
    Example:
      showroom check out/*
      showroom check chair.glb --budget mobile
    """
    from showroom_assets.budgets import load_budgets
    from showroom_assets.errors import ShowroomError

    budgets = load_budgets(budget_file)
    for device in devices:
        if device not in budgets:
            raise click.BadParameter(f"no budget {device!r}; there are {', '.join(budgets)}.", param_hint="--budget")
    results: list[dict[str, Any]] = []
    for path in paths:
        try:
            faults = _product(path, budgets, devices) if path.is_dir() else _model(path, budgets, devices)
        except ShowroomError as exc:
            faults = [{"code": exc.code, "message": exc.message}]
        results.append({"path": str(path), "ok": not faults, "findings": faults})
    if output_format == "json":
        print_json(results)
    else:
        print_table(
            ["path", "verdict", ">findings"],
            [(one["path"], "ok" if one["ok"] else "failed", str(len(one["findings"]))) for one in results],
        )
        for one in results:
            for finding in one["findings"]:
                click.echo(f"{one['path']}: {finding['message']}")
    return 0 if all(one["ok"] for one in results) else 1


def _product(folder: Path, budgets: Mapping[str, "Budget"], devices: tuple[str, ...]) -> list[Finding]:
    from showroom_assets.budgets import judge, verdict
    from showroom_assets.manifest import check_manifest, load

    product = load(folder)
    out: list[Finding] = [{"code": "manifest", "message": fault} for fault in check_manifest(product, folder)]
    if product.quality.verdict == "refused" and not product.quality.forced:
        why = "; ".join(product.quality.reasons) or "it is under the quality bar"
        out.append({"code": "quality.refused", "message": f"refused by its proof: {why}"})
    sizes = {file.path: file.size_bytes for file in product.files}
    for name, delivery in sorted(product.deliveries.items()):
        if delivery.validator_errors:
            message = f"{delivery.file} has {delivery.validator_errors:,} validator errors. Convert again."
            out.append({"code": "validator", "message": message, "delivery": name})
        for device in devices:
            found = verdict(delivery, budgets[device], device=device, sizes=sizes)
            out += [{**_plain(finding), "delivery": name} for finding in found]
    if not devices:
        for device, findings in judge(product, budgets).items():
            out += [{**_plain(finding), "delivery": device} for finding in findings]
    return out


def _model(path: Path, budgets: Mapping[str, "Budget"], devices: tuple[str, ...]) -> list[Finding]:
    from showroom_assets.budgets import verdict
    from showroom_assets.errors import ToolMissing
    from showroom_assets.manifest import Delivery
    from showroom_pipeline.describe import describe
    from showroom_pipeline.validator import validate

    data = read_model(path)
    found = describe(data)
    sides = [max(texture["width"], texture["height"]) for texture in found["textures"]]
    delivery = Delivery(
        file=path.name,
        triangles=found["triangles"],
        gpu_bytes=found["gpu_bytes"],
        texture_max_px=max(sides, default=0),
        draw_calls=found["draw_calls"],
    )
    out: list[Finding] = []
    try:
        (report,) = validate([data])
        if not report.is_valid:
            message = f"{path.name} has {report.errors:,} validator errors, the first: {report.first}"
            out.append({"code": "validator", "message": message})
    except ToolMissing as exc:
        click.echo(f"note: not validated: {exc.message}", err=True)
    for device in devices:
        out += [_plain(one) for one in verdict(delivery, budgets[device], device=device, sizes={path.name: len(data)})]
    return out


def _plain(finding: "BudgetFinding") -> Finding:
    import msgspec

    plain: Finding = msgspec.to_builtins(finding)
    return plain
