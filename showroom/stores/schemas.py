"""``python -m showroom.stores.schemas FOLDER`` writes ``store.json``, the JSON Schema of store manifests."""

import json
import sys
from pathlib import Path

from showroom.stores.manifest import json_schema

NAME = "store.json"


def render() -> bytes:
    """The schema as it is in the repository."""
    return (json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n").encode()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_bytes(render())
