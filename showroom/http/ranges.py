"""
Byte ranges and entity tags as RFC 9110 has them, for content that is in memory.

Sans I/O: strings in, numbers out. Of several ranges none is honoured (the whole is sent, which the RFC allows): no
browser asks a model or a picture for more than one, and many small ranges are a known way to make servers suffer.
"""

import re

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class UnsatisfiableRange(ValueError):
    """The range begins after the end."""


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """
    The first and one-past-last byte that are asked for; None for the whole.

    Raises
    ------
    UnsatisfiableRange
        Nothing of it exists.
    """
    match = _ONE.fullmatch(header.strip()) if header else None
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:
        if int(last) == 0 or size == 0:
            raise UnsatisfiableRange(header)
        return max(0, size - int(last)), size
    begin = int(first)
    end = min(int(last) + 1, size) if last else size
    if last and int(last) < begin:
        return None  # not a valid range at all: RFC 9110, section 14.1.1, says to ignore it
    if begin >= size:
        raise UnsatisfiableRange(header)
    return begin, end


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Whether the browser has the content of this tag already (weak comparison: RFC 9110, section 8.8.3.2)."""
    if not if_none_match:
        return False
    tags = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return "*" in tags or f'"{tag}"' in tags
