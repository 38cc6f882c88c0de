"""``showroom store new|check|diff|publish|place|list|show``: rooms, and what stands in them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .operate import Place, opened, place_options, wait
from .output import format_option, print_json, print_table

if TYPE_CHECKING:
    from showroom.stores.manifest import Store

_TEMPLATES = ("boutique", "home-gallery", "launch-hall")


@click.group()
def store() -> None:
    """
    Design stores: start from a template, check, compare, publish, place products.

    A store is one file (TOML or JSON) of rooms, furniture, light and slots for products; docs/stores.md says how to
    write one.

    \b
    Example:
      showroom store new boutique -o store.toml --product lund-chair --product terra-vase
      showroom store check store.toml
      showroom store publish store.toml
    """


@store.command()
@click.argument("template", type=click.Choice(_TEMPLATES))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it there (.toml or .json)."
)
@click.option("--id", "store_id", metavar="ID", help="The store's id.  [default: the template's]")
@click.option("--name", metavar="TEXT", help="The store's name.  [default: the template's]")
@click.option(
    "--product", "products", multiple=True, metavar="ID", help="A product on the shelf; the first is the hero."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@place_options
def new(
    template: str,
    output: Path | None,
    store_id: str | None,
    name: str | None,
    products: tuple[str, ...],
    force: bool,
    place: Place,
) -> int:
    """
    Make a store from a template.

    Use it to begin: a boutique, a home with two rooms, or a hall for launches. Products that are named go into the
    smallest slots that they fit.

    \b
    Example:
      showroom store new boutique -o store.toml
    """
    import msgspec

    from showroom.stores.fill import fill
    from showroom.stores.manifest import Store
    from showroom.stores.templates import TEMPLATES

    made = TEMPLATES[template][0]()
    made = msgspec.structs.replace(made, id=store_id or made.id, name=name or made.name)
    left: list[str] = []
    if products:
        with opened(place) as services:
            on_shelf = wait(services.products())
        unknown = [one for one in products if one not in on_shelf]
        if unknown:
            raise click.BadParameter(
                f"no product {unknown[0]!r} on the shelf; there are {', '.join(on_shelf) or 'none'}.",
                param_hint="--product",
            )
        made, left = fill(made, {one: on_shelf[one] for one in products})
    try:
        made = msgspec.convert(msgspec.to_builtins(made), Store)
    except msgspec.ValidationError as exc:
        raise click.UsageError(f"{exc}. Ids are lower-case letters, digits and hyphens.") from exc
    if output is None:
        sys.stdout.write(_render(made, is_json=False))
    else:
        if output.exists() and not force:
            raise click.UsageError(f"{output} is there already. Choose another file, or --force.")
        output.write_text(_render(made, is_json=output.suffix == ".json"), "utf-8")
        slots = [slot for room in made.rooms for slot in room.slots]
        taken = sum(slot.product is not None for slot in slots)
        click.echo(f"{output}: {len(made.rooms)} rooms, {len(slots)} slots, {taken} taken", err=True)
    for one in left:
        click.echo(f"error: there is no slot for {one}: it is too large, or all that fit are taken", err=True)
    return 1 if left else 0


@store.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--products", "with_products", is_flag=True, help="Check slots against what is on the shelf, too.")
@place_options
@format_option
def check(
    file: Path,
    with_products: bool,
    place: Place,
    output_format: str,
) -> int:
    """
    Check whether a store holds together; exit 1 if not.

    Use it after every change: walls and openings, things in each other or in the air, slots that no aisle leads to.

    \b
    Example:
      showroom store check store.toml --products
    """
    from showroom.stores.check import check_store

    found = _read(file)
    products = None
    if with_products:
        with opened(place) as services:
            products = wait(services.products())
    faults = check_store(found, products=products)
    if output_format == "json":
        print_json({"store": found.id, "faults": faults})
    elif not faults:
        slots = sum(len(room.slots) for room in found.rooms)
        click.echo(f"{file}: {found.name} holds together; {len(found.rooms)} rooms, {slots} slots")
    for fault in faults:
        click.echo(f"error: {fault}", err=True)
    return 1 if faults else 0


@store.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@format_option
def diff(before: Path, after: Path, output_format: str) -> int:
    """
    Show what changed between two stores; exit 1 if anything did.

    Use it to review a layout: things are matched by their id, wherever they stand in the file.

    \b
    Example:
      showroom store diff old.toml new.toml
    """
    from showroom.stores.diff import diff as compare
    from showroom.stores.diff import words

    changes = compare(_read(before), _read(after))
    if output_format == "json":
        print_json(changes)
    else:
        for change in changes:
            click.echo(words(change))
    return 1 if changes else 0


@store.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--tenant", default="default", show_default=True, metavar="ID", help="The merchant whose store it is.")
@click.option("--draft", is_flag=True, help="Keep it, but do not open it to visitors.")
@click.option("--dry-run", is_flag=True, help="Check it and say what would change; write nothing.")
@place_options
@format_option
def publish(
    file: Path,
    tenant: str,
    draft: bool,
    dry_run: bool,
    place: Place,
    output_format: str,
) -> None:
    """
    Open a store to visitors, or a new version of it.

    Use it once `showroom store check` is content. Products in its slots must be on the shelf. Earlier versions are
    kept; a running server shows the new one within seconds.

    \b
    Example:
      showroom store publish store.toml
    """
    from showroom.stores.check import check_store
    from showroom.stores.diff import diff as compare
    from showroom.stores.records import NoSuchStore
    from showroom.stores.service import refuse_faults
    from showroom.tenants import public_id

    found = _read(file)
    with opened(place) as services:
        refuse_faults(found, check_store(found, products=wait(services.products())))
        try:
            old = wait(services.stores.newest(tenant, found.id))
        except NoSuchStore:
            old = None
        changes = compare(old.store, found) if old else []
        if dry_run:
            version = old.newest if old else 0
        else:
            kept = wait(services.stores.put(tenant, found, by="command line"))
            version = (kept if draft else wait(services.stores.publish(tenant, found.id))).version
    what = "would be put" if dry_run else "kept as a draft" if draft else "open to visitors"
    if output_format == "json":
        print_json({"store": public_id(tenant, found.id), "version": version, "changes": len(changes), "what": what})
    else:
        about = f"{len(changes)} changes" if old else "new"
        click.echo(f"{public_id(tenant, found.id)}: version {version}, {about}, {what}")


@store.command("place")
@click.argument("store_id", metavar="STORE")
@click.argument("slot")
@click.argument("product", required=False)
@click.option("--variant", default="", metavar="NAME", help="Show it in this variant.")
@click.option("--empty", is_flag=True, help="Empty the slot.")
@click.option("--draft", is_flag=True, help="Do not open the change to visitors yet.")
@place_options
def place_(
    store_id: str,
    slot: str,
    product: str | None,
    variant: str,
    empty: bool,
    draft: bool,
    place: Place,
) -> None:
    """
    Put a product into a slot of a store.

    Use it to change a window display without touching the layout.

    \b
    Example:
      showroom store place boutique hero lund-chair
      showroom store place boutique island-a --empty
    """
    from showroom.tenants import split_id

    if (product is None) != empty:
        raise click.UsageError("Name a product, or say --empty.")
    tenant, name = split_id(store_id)
    with opened(place) as services:
        done = wait(
            services.stores.place(tenant, name, slot, product, variant=variant, by="command line", publish=not draft)
        )
    state = "open to visitors" if done.published == done.version else "a draft"
    click.echo(f"{store_id}: {slot} has {product or 'nothing'}; version {done.version}, {state}")


@store.command("list")
@place_options
@format_option
def list_(place: Place, output_format: str) -> None:
    """
    List all stores.

    Use it to see what is open, and what waits as a draft.

    \b
    Example:
      showroom store list
    """
    from showroom.tenants import public_id

    with opened(place) as services:
        found = wait(services.stores.every())
    rows = [
        {
            "id": public_id(one.tenant, one.store.id),
            "name": one.store.name,
            "rooms": [room.id for room in one.store.rooms],
            "newest": one.newest,
            "published": one.published,
        }
        for one in found
    ]
    if output_format == "json":
        print_json(rows)
    elif not rows:
        click.echo("There are no stores yet. Make one: showroom store new boutique -o store.toml")
    else:
        print_table(
            ["store", "name", "rooms", ">newest", ">open"],
            [
                (
                    str(row["id"]),
                    str(row["name"]),
                    ", ".join(map(str, row["rooms"] if isinstance(row["rooms"], list) else [])),
                    str(row["newest"]),
                    str(row["published"] or "–"),
                )
                for row in rows
            ],
        )


@store.command()
@click.argument("store_id", metavar="STORE")
@click.option("--version", type=click.IntRange(min=1), metavar="N", help="That version.  [default: the newest]")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it there (.toml or .json)."
)
@place_options
def show(
    store_id: str,
    version: int | None,
    output: Path | None,
    place: Place,
) -> None:
    """
    Write out a store's file, to change it or to look at an older version.

    \b
    Example:
      showroom store show boutique -o store.toml
    """
    from showroom.tenants import split_id

    tenant, name = split_id(store_id)
    with opened(place) as services:
        asked = (
            services.stores.newest(tenant, name) if version is None else services.stores.version(tenant, name, version)
        )
        kept = wait(asked)
    text = _render(kept.store, is_json=output is not None and output.suffix == ".json")
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, "utf-8")
        click.echo(f"{output}: version {kept.version} of {store_id}", err=True)


def _read(file: Path) -> "Store":
    from showroom.stores.manifest import MOST_BYTES, read_store
    from showroom_assets.errors import MissingFile

    try:
        with file.open("rb") as opened_file:
            data = opened_file.read(MOST_BYTES + 1)
    except OSError as exc:
        raise MissingFile(f"{file} cannot be read ({exc.strerror}). Name a store file.", path=str(file)) from exc
    return read_store(data, name=str(file))


def _render(found: "Store", *, is_json: bool) -> str:
    from showroom.stores.manifest import to_json
    from showroom.stores.toml import to_toml

    return to_json(found).decode() if is_json else to_toml(found)
