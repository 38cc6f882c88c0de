"""
The Khronos glTF validator on any number of GLBs, in one Node process.

It cannot see inside meshopt, Draco or KTX2 data: validate ``steps.pack.decoded(glb)`` as well as the delivery.

Source: KhronosGroup/glTF-Validator.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import tools


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of errors and warnings, each code with its count, and the first error as a line."""

    errors: int
    warnings: int
    codes: dict[str, int] = field(default_factory=dict)
    first: str = ""

    @property
    def is_valid(self) -> bool:
        return self.errors == 0


def validate(glbs: Sequence[bytes | Path], *, timeout_s: float = 120.0) -> list[Verdict]:
    """
    One verdict a GLB, in order.

    Raises
    ------
    ToolMissing
        Node or gltf-validator is not installed: run ``make setup``.
    """
    if not glbs:
        return []
    blobs = [item.read_bytes() if isinstance(item, Path) else item for item in glbs]
    head = json.dumps([len(blob) for blob in blobs]).encode() + b"\n"
    out = tools.run("validate.mjs", "gltf-validator", [head, *blobs], timeout_s=timeout_s)
    return [Verdict(**verdict) for verdict in json.loads(out)]
