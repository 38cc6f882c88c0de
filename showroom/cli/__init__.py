"""
The ``showroom`` command.

A command is one file here and one row in ``_COMMANDS``; it is imported only when it is called, so that
``showroom --help`` stays quick. Errors meet the user in one place: a ``ShowroomError`` is one line on standard error
and exit code 1; wrong usage exits 2; an interrupt exits 130. ``SHOWROOM_DEBUG=1`` shows tracebacks.
"""

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import click

# name -> (module in this package, attribute, one line for the overview)
_COMMANDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "convert": ("convert", "convert", "Turn raw scans into store-ready products."),
    "check": ("check", "check", "Check products or GLB files; exit 1 if one fails."),
    "inspect": ("inspect", "inspect", "Show what is in a file: triangles, textures, memory."),
    "fit": ("fit", "fit", "Show how a product sits on a person in a photo."),
    "rig": ("rig", "rig", "Bind a garment to the bones of a body."),
    "publish": ("publish", "publish", "Put finished products into the library."),
    "library": ("library", "library", "List, show, roll back, withdraw, tidy published products."),
    "serve": ("serve", "serve", "Open the store: pages, API and rooms on one port."),
    "account": ("account", "account", "Add accounts, make API tokens, shut accounts."),
    "store": ("store", "store", "Design, check, compare and publish stores."),
    "shop": ("shop", "shop", "Set prices and stock, see and send orders."),
    "config": ("config", "config", "Show every setting, its value and where it came from."),
    "demo": ("demo", "demo", "Build the demo store and show it in the browser."),
    "bots": ("bots", "bots", "Let a crowd of bots walk through a room."),
    "worker": ("worker", "worker", "Convert what merchants upload."),
    "upload": ("upload", "upload", "Send a scan to a server, which converts it."),
}

EXIT_FAILED = 1
EXIT_INTERRUPTED = 130


class _LazyGroup(click.Group):
    """Knows its commands by name and one line; imports one only to run it or to show its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command = getattr(importlib.import_module(f"{__name__}.{module}"), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{attribute} is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in _COMMANDS.items()])


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: showroom convert SCAN -o out, then showroom publish out/*",
)
@click.version_option(package_name="showroom", message="showroom %(version)s")
def cli() -> None:
    """From a scan to a store: convert scans, publish products, open the store."""


def main(args: Sequence[str] | None = None) -> None:
    """
    Run the command line and leave with its exit code.

    Parameters
    ----------
    args
        Without the program's name; ``sys.argv[1:]`` if None.
    """
    sys.exit(run(args))


def run(args: Sequence[str] | None = None) -> int:
    """As ``main``, but returns the exit code."""
    try:
        result: Any = cli.main(
            args=list(args) if args is not None else None, prog_name="showroom", standalone_mode=False
        )
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except click.exceptions.Abort:
        return _interrupted()
    except click.ClickException as exc:
        exc.show()
        return exc.exit_code
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        # The reader (head, less) has had enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except Exception as exc:  # noqa: BLE001 - the one place where errors meet the user
        return _failed(exc)
    return result if isinstance(result, int) else 0


def _interrupted() -> int:
    click.echo("interrupted", err=True)
    return EXIT_INTERRUPTED


def _failed(exc: Exception) -> int:
    from showroom_assets.errors import ShowroomError

    if os.environ.get("SHOWROOM_DEBUG", "") not in {"", "0"}:
        raise exc
    if isinstance(exc, ShowroomError):
        message = exc.message
    elif isinstance(exc, OSError):
        message = f"{exc.strerror or exc}: {exc.filename}" if exc.filename else str(exc)
    else:
        message = f"unexpected {type(exc).__name__}: {exc}. Run again with SHOWROOM_DEBUG=1 and report what it prints."
    click.echo("error: " + " ".join(message.split()), err=True)
    return EXIT_FAILED
