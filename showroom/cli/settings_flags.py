"""The flags that stand for settings: made from the table, so that none can be missing or differ."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def settings_options(command: Command) -> Command:
    """
    ``--config FILE`` (passed as ``config_file``) and a flag for each setting (passed by the setting's name).
    """
    from showroom.configuration import rows, shown

    for row in reversed(rows()):
        default = shown(row, row.default)
        command = click.option(
            row.flag,
            row.name,
            metavar="A,B" if row.kind == "list" else (row.unit or row.kind).upper().replace(" ", "-"),
            help=f"{row.help}  [default: {default}]" if default else row.help,
        )(command)
    return click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A TOML file of settings.  [default: $SHOWROOM_CONFIG, else showroom.toml if it is there]",
    )(command)
