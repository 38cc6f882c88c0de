"""``showroom publish``: finished product folders into the library."""

from pathlib import Path
from typing import Any

import click

from .output import format_option, human_bytes, print_json, print_table, status
from .shelf import library_options, open_library


@click.command()
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@library_options
@click.option("--force", is_flag=True, help="Publish products that their proof refused.")
@click.option(
    "--expect-version",
    type=click.IntRange(min=0),
    metavar="N",
    help="Give up unless N is the current version (0: none yet). For one folder.",
)
@click.option("--dry-run", is_flag=True, help="Check the folders and say what would happen; write nothing.")
@format_option
def publish(
    folders: tuple[Path, ...],
    location: str,
    namespace: str,
    force: bool,
    expect_version: int | None,
    dry_run: bool,
    output_format: str,
) -> int:
    """
    Put finished products into the library.

    Use it once the report of `showroom convert` looks right. Each FOLDER holds a product.json and the files it lists.
    A product appears whole or not at all; publishing the same content twice changes nothing; earlier versions stay
    (see `showroom library rollback`).

    \b
    Example:
      showroom publish out/chair out/lamp
      showroom publish out/* --library s3://my-bucket/store
    """
    from showroom_assets.errors import ShowroomError

    if expect_version is not None and len(folders) != 1:
        raise click.UsageError("--expect-version goes with one folder.")
    rows: list[dict[str, Any]] = []
    failed = False
    for folder in folders:
        try:
            rows.append(_one(folder, location, namespace, force=force, expected=expect_version, dry_run=dry_run))
        except ShowroomError as exc:
            # One bad folder does not stop the others.
            failed = True
            rows.append({"folder": str(folder), "error": exc.to_json()})
            click.echo(f"error: {exc.message}", err=True)
    if output_format == "json":
        print_json(rows)
    else:
        done = [row for row in rows if "error" not in row]
        if done:
            print_table(
                ["product", ">version", "what", ">uploaded"],
                [(row["product"], str(row["version"]), row["what"], _size(row["uploaded_bytes"])) for row in done],
            )
    return 1 if failed else 0


def _one(
    folder: Path, location: str, namespace: str, *, force: bool, expected: int | None, dry_run: bool
) -> dict[str, Any]:
    from showroom_assets.library import publishable

    if dry_run:
        product = publishable(folder, force=force)
        return {
            "folder": str(folder),
            "product": product.id,
            "version": "–",
            "what": "would be published",
            "uploaded_bytes": None,
        }
    with status(f"publishing {folder}") as say:
        result = open_library(location, namespace, create=True).publish(
            folder,
            force=force,
            expected_version=expected,
            on_file=lambda file: say(f"{file.path}, {human_bytes(file.size_bytes)}"),
        )
    what = "new version" if result.new_version else "current again" if result.changed else "unchanged"
    return {
        "folder": str(folder),
        "product": result.product,
        "version": result.version,
        "what": what,
        "uploaded_bytes": result.uploaded_bytes,
    }


def _size(size_bytes: int | None) -> str:
    return "–" if size_bytes is None else human_bytes(size_bytes)
