"""``showroom worker``: converts what merchants upload, beside a server or on another machine."""

from pathlib import Path
from typing import Any

import click

from .settings_flags import settings_options


@click.command()
@settings_options
def worker(config_file: Path | None, **flags: Any) -> None:
    """
    Convert what merchants upload.

    Use it for more workers than the one that `showroom serve` brings along, or with `showroom serve --worker no`. The
    settings are the server's; data, database, queue and those that begin with worker matter here. Any number may run;
    each conversion is done by one. One that is killed loses nothing: another runs the conversion again. Ctrl-C puts
    back what is not finished.

    \b
    Example:
      showroom worker --data /srv/showroom-data --worker-jobs 4
    """
    from showroom import logs
    from showroom.configuration import load
    from showroom.jobs.worker import work
    from showroom_pipeline.workers import Stop

    from .convert import _interruptible

    settings = load(flags, file=config_file).settings
    logs.configure(settings.log_format, settings.log_level)  # type: ignore[arg-type]
    stop = Stop()
    with _interruptible(stop):
        work(settings, stop)
