"""``showroom worker``: converts what merchants upload, beside a server or on another machine."""

import logging
import os
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--config", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Settings, TOML.")
@click.option("--data", metavar="FOLDER", help="The server's data folder; shared, if this is another machine.")
@click.option("--database", metavar="URL", help="The server's database, if it is not in the data folder.")
@click.option("--queue", metavar="URL", help="redis://…, if the queue is not in the data folder.")
@click.option("--worker-jobs", type=click.IntRange(1, 64), metavar="N", help="Conversions at a time.  [default: 1]")
@click.option("--worker-memory-bytes", type=click.IntRange(0), metavar="BYTES", help="Most memory of one conversion.")
@click.option("--worker-time-s", type=click.IntRange(1, 86_400), metavar="S", help="Longest time of one conversion.")
def worker(file: Path | None, **flags: Any) -> int:
    """
    Convert what merchants upload.

    Use it for more workers than the one that `showroom serve` brings along, or with `showroom serve --no-worker`. All
    settings are the server's. Any number may run; each conversion is done by one. One that is killed loses nothing: the
    conversion is run again by another. Ctrl-C puts back what is not finished.

    \b
    Example:
      showroom worker --data /srv/showroom-data --worker-jobs 4
    """
    from showroom.cli.convert import _interruptible
    from showroom.configuration import load
    from showroom.jobs.worker import work
    from showroom_pipeline.workers import Stop

    settings = load(flags, file=file).settings
    level = logging.DEBUG if os.environ.get("SHOWROOM_DEBUG", "") not in {"", "0"} else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    stop = Stop()
    with _interruptible(stop):
        work(settings, stop)
    return 0
