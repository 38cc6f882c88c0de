"""The numbers of the recipe: one TOML file a delivery, one for all products; each number says why it is so."""

import functools
import tomllib
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@functools.cache
def load(name: str) -> Json:
    """
    The preset ``name``: ``product``, or one of the deliveries.

    Raises
    ------
    FileNotFoundError
        There is no such preset.
    """
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
