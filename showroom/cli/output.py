"""What the commands share on their way out: ``--format``, tables, JSON, and numbers for people."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

import click

Format = Literal["table", "json"]
Command = TypeVar("Command", bound=Callable[..., Any])


def format_option(command: Command) -> Command:
    """``--format table|json``, passed as ``output_format``."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="A table for people, or JSON for programs.",
    )(command)


def print_json(value: Any) -> None:
    """``value`` as indented JSON on standard output; msgspec structs and paths are understood."""
    import msgspec

    data = msgspec.json.format(msgspec.json.encode(value, enc_hook=str), indent=2)
    click.echo(data.decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> None:
    """A table on standard output; columns whose name begins with ``>`` are set flush right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title or None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, show_header=any(columns)
    )
    for column in columns:
        table.add_column(
            column.removeprefix(">"), justify="right" if column.startswith(">") else "left", overflow="fold"
        )
    for row in rows:
        # Text, not str: names come from files and must not be read as markup.
        table.add_row(*(Text(cell) for cell in row))
    # Piped output keeps whole lines: cutting names at 80 columns would break scripts.
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200, highlight=False).print(table)


def human_bytes(size_bytes: int) -> str:
    """``1.5 MB``: decimal units, as shops and operating systems print them."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    size = float(size_bytes)
    for unit in ("kB", "MB", "GB", "TB"):
        size /= 1000
        if size < 999.5 or unit == "TB":
            break
    return f"{size:.1f} {unit}" if size < 99.95 else f"{size:.0f} {unit}"


@contextmanager
def status(what: str) -> Iterator[Callable[[str], None]]:
    """A line on the terminal that says what is being done; call what it gives to change it. Silent in a pipe."""
    if not sys.stderr.isatty():
        yield lambda line: None
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(what)) as shown:
        yield lambda line: shown.update(Text(f"{what}: {line}"))
