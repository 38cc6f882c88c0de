"""``showroom config``: every setting, its value, and where it came from."""

from pathlib import Path
from typing import Any

import click

from .output import print_json, print_table
from .settings_flags import settings_options


@click.command()
@click.option("--format", "output_format", type=click.Choice(["table", "json", "toml"]), default="table",
              show_default=True, help="A table for people, JSON for programs, or a file to start from.")  # fmt: skip
@settings_options
def config(output_format: str, config_file: Path | None, **flags: Any) -> None:
    """
    Show all settings: value, where it came from, default, unit, what it is.

    Use it to see what a server started here, with these flags and this environment, would run with. Flags go before
    the environment, the environment before the file, the file before the defaults. Secrets are masked.

    \b
    Example:
      showroom config
      showroom config --format toml > showroom.toml
    """
    from showroom.configuration import load, rows, shown

    loaded = load(flags, file=config_file)
    table = [(row, getattr(loaded.settings, row.name)) for row in rows()]
    if output_format == "json":
        print_json(
            [
                {
                    "name": row.name,
                    "value": shown(row, value) if row.is_secret else value,
                    "source": loaded.sources.get(row.name, "default"),
                    "default": row.default,
                    "unit": row.unit,
                    "kind": row.kind,
                    "variable": row.variable,
                    "flag": row.flag,
                    "help": row.help,
                }
                for row, value in table
            ]
        )
    elif output_format == "toml":
        click.echo(_toml(table, set(loaded.sources)), nl=False)
    else:
        print_table(
            ["setting", "value", "from", "default", "unit", "what it is"],
            [
                (
                    row.name,
                    shown(row, value),
                    loaded.sources.get(row.name, ""),
                    shown(row, row.default) if row.name in loaded.sources else "",
                    row.unit,
                    row.help,
                )
                for row, value in table
            ],
        )


def _toml(table: list[tuple[Any, Any]], chosen: set[str]) -> str:
    """A settings file: what was chosen stands, what is a default is commented out; secrets are left to the operator."""
    import json

    lines = ["# Settings of the Showroom server. Flags and the environment (SHOWROOM_…) go before this file.", ""]
    for row, value in table:
        lines.append(f"# {row.help}" + (f" Unit: {row.unit}." if row.unit else ""))
        text = json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
        is_open = row.name in chosen and not row.is_secret
        shown = '""' if row.is_secret else text
        lines += [f"{'' if is_open else '# '}{row.name} = {shown}", ""]
    return "\n".join(lines)
