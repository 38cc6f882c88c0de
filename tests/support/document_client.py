"""The client of ``docs/protocol.md``, which stands alone: nobody imports it but by its path."""

import importlib.util
from pathlib import Path
from typing import Any, Final

CLIENT: Final = Path(__file__).parents[1] / "e2e" / "protocol_client.py"


def client() -> Any:
    """A new one."""
    spec = importlib.util.spec_from_file_location("protocol_client", CLIENT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ProtocolClient()
