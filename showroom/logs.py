"""
What the server writes down: one line an event, as JSON for machines or plain for people, by the standard library.

Lines go to standard error. They hold no names, addresses or texts of people: requests are told by the pattern of their
address, and an error's number leads from what a caller saw to its line here.
"""

import json
import logging
import sys
import time
import traceback
from typing import Any, Final, Literal, TextIO

_PLAIN: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_COLOURS: Final = {"WARNING": "\x1b[33m", "ERROR": "\x1b[31m", "CRITICAL": "\x1b[31m", "DEBUG": "\x1b[2m"}

Format = Literal["auto", "json", "pretty"]


class JsonLines(logging.Formatter):
    """One JSON object a line: ``time``, ``level``, ``logger``, ``message``, and what the event says of itself."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extra(record),
        }
        if record.exc_info:
            line["error"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class Pretty(logging.Formatter):
    """For people: time, level where it matters, message, ``key=value``."""

    def __init__(self, *, has_colours: bool) -> None:
        super().__init__()
        self._has_colours = has_colours

    def format(self, record: logging.LogRecord) -> str:
        level = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        extra = "".join(f"  {key}={value}" for key, value in _extra(record).items())
        line = f"{time.strftime('%H:%M:%S', time.localtime(record.created))}  {level}{record.getMessage()}{extra}"
        colour = _COLOURS.get(record.levelname, "") if self._has_colours else ""
        line = f"{colour}{line}\x1b[0m" if colour else line
        if record.exc_info:
            line += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
        return line


def configure(form: Format, level: str, *, stream: TextIO | None = None) -> None:
    """Send all logs of the process to ``stream`` (standard error), in that form and from that level on."""
    stream = stream or sys.stderr
    is_pretty = form == "pretty" or (form == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Pretty(has_colours=stream.isatty()) if is_pretty else JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in ("alembic", "asyncio", "huey", "picows", "websockets"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return {key: value for key, value in record.__dict__.items() if key not in _PLAIN}


def _time(created: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(created)) + f".{int(created * 1000) % 1000:03d}Z"
