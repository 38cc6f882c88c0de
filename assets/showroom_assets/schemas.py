"""
``python -m showroom_assets.schemas FOLDER`` writes the JSON Schemas of the contracts from the structs.

The files in ``assets/schemas/`` are for other languages and for editors; the structs are what is enforced.
"""

import json
import sys
from pathlib import Path

from .manifest import MANIFEST_NAME, json_schema


def render() -> bytes:
    """The schema of a product manifest, as it is in the repository."""
    return (json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n").encode()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST_NAME).write_bytes(render())
