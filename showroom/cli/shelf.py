"""Which library a command means: ``--library``, the environment, or the one that ``showroom serve`` opens here."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from showroom_assets.library import Library

Command = TypeVar("Command", bound=Callable[..., Any])


def default_library() -> str:
    """The library of the store that ``showroom serve`` opens here: by the same settings of the environment."""
    named = os.environ.get("SHOWROOM_LIBRARY")
    return named or str(Path(os.environ.get("SHOWROOM_DATA") or "showroom-data") / "library")


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
        "[default: that of the store here: $SHOWROOM_LIBRARY, else showroom-data/library]",
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
