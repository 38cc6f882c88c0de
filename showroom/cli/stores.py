"""Which library a command means: ``--library``, the environment, or the folder in one's home."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from showroom_assets.library import Library

Command = TypeVar("Command", bound=Callable[..., Any])


def default_library() -> str:
    """``SHOWROOM_LIBRARY``, or ``library`` in the user's data folder (XDG base directories)."""
    named = os.environ.get("SHOWROOM_LIBRARY")
    if named:
        return named
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return str(Path(data) / "showroom" / "library")


def library_options(command: Command) -> Command:
    """``--library`` and ``--namespace``, passed as ``location`` and ``namespace``."""
    command = click.option(
        "--namespace", default="default", show_default=True, metavar="NAME", help="Whose products, if several share it."
    )(command)
    return click.option(
        "--library",
        "location",
        metavar="URL",
        default=default_library,
        help="A folder, s3://bucket/prefix, gs://… or az://….  "
        "[default: $SHOWROOM_LIBRARY, else ~/.local/share/showroom/library]",
    )(command)


def open_library(location: str, namespace: str, *, create: bool = False) -> "Library":
    """
    The library at ``location``; only publishing makes a new one.

    Raises
    ------
    LibraryError
        The address or the namespace is not understood, or there is none and it is not to be made.
    """
    from showroom_assets.library import Library

    return Library(location, namespace=namespace, create=create)
