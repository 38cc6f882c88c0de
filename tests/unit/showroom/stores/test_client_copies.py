"""
The client's tests read the templates as JSON (``webclient/tests/stores``): they are those that Python makes.

``SHOWROOM_WRITE_STORES=1 pytest tests/unit/showroom/stores/test_client_copies.py`` writes them anew.
"""

import json
import os
from pathlib import Path

import msgspec
import pytest

from showroom.stores.templates import TEMPLATES

FOLDER = Path(__file__).parents[4] / "webclient" / "tests" / "stores"


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_the_client_tests_against_the_templates_of_today(name: str) -> None:
    made = msgspec.to_builtins(TEMPLATES[name][0]())
    path = FOLDER / f"{name}.json"
    if os.environ.get("SHOWROOM_WRITE_STORES"):
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(json.dumps(made))
