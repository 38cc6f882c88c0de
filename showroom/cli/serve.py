"""``showroom serve``: the store, open."""

import errno
import sys
from pathlib import Path
from typing import Any

import click

from .settings_flags import settings_options


@click.command()
@settings_options
def serve(config_file: Path | None, **flags: Any) -> None:
    """
    Open the store: pages, API and rooms on one port.

    Use it as it is: it needs no set-up, and makes its data folder, database and secret key by itself. Each flag is a
    setting, which can also be given in the environment (SHOWROOM_PORT) or in showroom.toml: see `showroom config`.
    SIGTERM or Ctrl-C closes the store in good order.

    \b
    Example:
      showroom serve
      showroom serve --host 0.0.0.0 --public-url https://shop.example --trusted-proxies 127.0.0.1
    """
    from showroom import logs
    from showroom.configuration import load
    from showroom.server import Server, serve_for_ever
    from showroom_assets.errors import ShowroomError

    loaded = load(flags, file=config_file)
    settings = loaded.settings
    logs.configure(settings.log_format, settings.log_level)  # type: ignore[arg-type]

    def on_ready(address: str) -> None:
        click.echo(f"\n  The store is open at  {address}\n  Ctrl-C closes it.\n", err=True)
        click.echo(address)
        sys.stdout.flush()

    try:
        serve_for_ever(lambda: Server(settings), on_ready=on_ready)
    except OSError as exc:
        if exc.filename is not None:
            raise
        why = "is taken" if exc.errno == errno.EADDRINUSE else f"cannot be listened on ({exc.strerror or exc})"
        raise ShowroomError(
            f"{settings.host}:{settings.port} {why}. Choose another by --port, or 0 for any that is free.",
            port=settings.port,
        ) from exc
