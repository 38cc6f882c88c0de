"""
A conversion's error as its merchant may see it: the pipeline's sentence, without what belongs to the command line.

The pipeline speaks of the file it was given; the merchant knows it by another name, and has no ``--memory`` to turn.
"""

import re
from typing import Any, Final

_HIDDEN: Final = frozenset({"log", "folder", "path", "status"})


_FLAG: Final = re.compile(r"--([a-z]+(?:-[a-z]+)*)")
_OPTIONS: Final = {"license": "licence", "fast": "the preset fast", "preset": "deliveries", "max_depth": "max_depth_m"}


def _option(flag: re.Match[str]) -> str:
    """An option as the API calls it, for a flag of the command line: dimension_tolerance for --dimension-tolerance."""
    name = flag[1].replace("-", "_")
    return _OPTIONS.get(name, name)


def for_merchant(error: dict[str, Any], *, stored: str, name: str, data: str) -> dict[str, Any]:
    """
    Parameters
    ----------
    error
        ``{code, message, fields}``.
    stored, name
        What the file is called on the server, and by its merchant.
    data
        The server's data folder, which is nobody's business.
    """
    fields = dict(error.get("fields") or {})
    code = str(error["code"])
    if code == "input.limit" and "seconds" in fields:
        message = f"The conversion took longer than {fields['seconds']:.0f} s. Try the preset fast, or reduce the scan."
    elif code == "input.limit" and "memory_bytes" in fields:
        gigabytes = fields["memory_bytes"] / 1e9
        message = f"The conversion needs more than {gigabytes:.1f} GB of memory. Reduce the scan."
    elif code.startswith("internal") or code == "system":
        message = "The converter failed on this scan. Try the preset fast or another format, or ask the operator."
        fields = {}
    else:
        message = _FLAG.sub(_option, str(error["message"]).replace(f"{data}/", "").replace(stored, name))
    kept = {key: value for key, value in fields.items() if key not in _HIDDEN and data not in str(value)}
    return {"code": code, "message": " ".join(message.split())[:2000], "fields": kept}
