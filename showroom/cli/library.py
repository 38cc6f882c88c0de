"""``showroom library list|show|rollback|withdraw|get|gc``: what is published, and going back."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .output import format_option, human_bytes, print_json, print_table, status
from .shelf import library_options, open_library

if TYPE_CHECKING:
    from showroom_assets.manifest import Product

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


class _Duration(click.ParamType[float]):
    """``30m``, ``24h``, ``7d`` in seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        match = re.fullmatch(r"([0-9]{1,6})([smhd])", str(value))
        if not match:
            self.fail(f"{value!r} is no time. Write 30m, 24h or 7d.", param, ctx)
        return int(match[1]) * _UNITS[match[2]]


@click.group()
def library() -> None:
    """
    List, show, roll back and tidy published products.

    \b
    Example:
      showroom library list
      showroom library rollback chair 3
    """


@library.command("list")
@library_options
@format_option
def list_(location: str, namespace: str, output_format: str) -> None:
    """
    List all products with their current version.

    Use it to see what a store that reads this library shows.

    \b
    Example:
      showroom library list --format json
    """
    found = [*open_library(location, namespace).products()]
    if output_format == "json":
        print_json(
            [
                {
                    "id": one.product.id,
                    "name": one.product.name,
                    "version": one.version,
                    "versions": one.versions,
                    "published_at": one.published_at,
                    "size_bytes": _size(one.product),
                    "verdict": one.product.quality.verdict,
                    "skus": one.product.skus,
                }
                for one in found
            ]
        )
        return
    if not found:
        click.echo("The library is empty. Put a product in: showroom publish FOLDER")
        return
    print_table(
        ["product", "name", ">version", ">kept", ">size", "published"],
        [
            (
                one.product.id,
                one.product.name,
                str(one.version),
                str(one.versions),
                human_bytes(_size(one.product)),
                one.published_at,
            )
            for one in found
        ],
    )


@library.command()
@click.argument("product")
@library_options
@click.option("--version", type=click.IntRange(min=1), metavar="N", help="Show that version's manifest.")
@click.option("--verify", is_flag=True, help="Also read every stored byte and compare its hash; exit 1 if one differs.")
@format_option
def show(product: str, location: str, namespace: str, version: int | None, verify: bool, output_format: str) -> int:
    """
    Show a product: its versions, what happened to it, its files.

    Use it before a rollback, to find the version to go back to.

    \b
    Example:
      showroom library show chair
      showroom library show chair --version 3 --verify
    """
    opened = open_library(location, namespace)
    versions = opened.versions(product)
    current = next((one.version for one in versions if one.current), None)
    # Of a withdrawn product, show what a rollback could bring back.
    shown = version or current or next((one.version for one in reversed(versions) if not one.expired), None)
    manifest = opened.show(product, shown)
    with status("reading every file"):
        faults = opened.verify(product, shown) if verify else []
    if output_format == "json":
        print_json(
            {
                "id": product,
                "version": shown,
                "versions": versions,
                "events": opened.events(product),
                "manifest": manifest,
                "faults": faults,
            }
        )
    else:
        print_table(
            [">version", "state", "published"],
            [
                (
                    str(one.version),
                    "current" if one.current else "tidied away" if one.expired else "kept",
                    one.published_at,
                )
                for one in versions
            ],
            title=f"{manifest.name} ({product})",
        )
        print_table(
            ["file", "role", ">size", "sha256"],
            [(file.path, file.role, human_bytes(file.size_bytes), file.sha256[:16]) for file in manifest.files],
            title=f"version {shown}",
        )
        if verify and not faults:
            click.echo("every file is as it was published")
    for fault in faults:
        click.echo(f"error: {fault}", err=True)
    return 1 if faults else 0


@library.command()
@click.argument("product")
@click.argument("version", type=click.IntRange(min=1))
@library_options
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@format_option
def rollback(product: str, version: int, location: str, namespace: str, dry_run: bool, output_format: str) -> None:
    """
    Make an earlier version of a product the current one.

    Use it when a new version looks wrong in the store. Nothing is lost: the newer version is kept, and rolling forward
    works the same way.

    \b
    Example:
      showroom library rollback chair 3
    """
    opened = open_library(location, namespace)
    before = next((one.version for one in opened.versions(product) if one.current), None)
    opened.show(product, version)
    changed = before != version if dry_run else opened.rollback(product, version)
    if output_format == "json":
        print_json({"id": product, "before": before, "version": version, "changed": changed, "dry_run": dry_run})
    elif not changed:
        click.echo(f"{product}: version {version} is current already")
    else:
        click.echo(f"{product}: {'would go ' if dry_run else ''}from {_version(before)} to {version}")


@library.command()
@click.argument("product")
@library_options
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@format_option
def withdraw(product: str, location: str, namespace: str, dry_run: bool, output_format: str) -> None:
    """
    Take a product off the shelf.

    Use it when a product is sold out for good, or was published by mistake. Its versions are kept: a rollback, or
    publishing it again, brings it back.

    \b
    Example:
      showroom library withdraw chair
    """
    opened = open_library(location, namespace)
    before = next((one.version for one in opened.versions(product) if one.current), None)
    changed = before is not None if dry_run else opened.withdraw(product)
    if output_format == "json":
        print_json({"id": product, "before": before, "changed": changed, "dry_run": dry_run})
    elif not changed:
        click.echo(f"{product}: is withdrawn already")
    else:
        click.echo(f"{product}: {'would be ' if dry_run else ''}withdrawn, was at version {before}")


@library.command()
@click.argument("product")
@click.argument("folder", type=click.Path(path_type=Path))
@library_options
@click.option("--version", type=click.IntRange(min=1), metavar="N", help="That version; the current one by default.")
def get(product: str, folder: Path, location: str, namespace: str, version: int | None) -> None:
    """
    Write a published product out as a folder.

    Use it to look at a version, to move a product to another library, or to restore a lost output folder.

    \b
    Example:
      showroom library get chair ./chair-v3 --version 3
    """
    with status(f"writing {folder}"):
        found = open_library(location, namespace).materialise(product, folder, version=version)
    click.echo(f"{folder}: {len(found.files)} files, {human_bytes(_size(found))}")


@library.command()
@library_options
@click.option("--keep", type=click.IntRange(min=0), default=10, show_default=True, metavar="N",
              help="How many of the newest versions of each product stay, besides the current one.")  # fmt: skip
@click.option("--keep-all", is_flag=True, help="Let no version go; only remove what nothing refers to.")
@click.option("--grace", type=_Duration(), default="24h", show_default=True, metavar="TIME",
              help="How long files stay after nothing refers to them: longer than any download.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would go; remove nothing.")
@format_option
def gc(
    location: str, namespace: str, keep: int, keep_all: bool, grace: float, dry_run: bool, output_format: str
) -> None:
    """
    Tidy the library: let old versions go, remove files that nothing needs.

    Use it now and then, from cron for instance. It is safe while products are published and read. Files of a version
    that goes now are removed by the first run after the grace time.

    \b
    Example:
      showroom library gc --keep 5 --dry-run
    """
    from showroom_assets.collect import collect

    opened = open_library(location, namespace)
    with status("tidying") as say:
        done = collect(opened, keep=None if keep_all else keep, grace_s=grace, dry_run=dry_run, on_progress=say)
    if output_format == "json":
        print_json(done)
        return
    would = "would " if dry_run else ""
    for product, version in done.expired:
        click.echo(f"{product}: version {version} {would}go{'' if dry_run else 'es'}")
    click.echo(f"{would}remove{'' if dry_run else 'd'} {done.removed:,} files, {human_bytes(done.removed_bytes)}")
    if done.kept_for_now:
        click.echo(f"{done.kept_for_now:,} more are not needed but younger than the grace time")


def _version(number: int | None) -> str:
    return "withdrawn" if number is None else f"version {number}"


def _size(product: "Product") -> int:
    return sum(file.size_bytes for file in product.files)
