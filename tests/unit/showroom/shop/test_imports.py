"""The shop's rules know no database, no network and no clock: what they import says so."""

import ast
from pathlib import Path

import pytest

import showroom.shop

FOLDER = Path(showroom.shop.__file__).parent
WITH_INPUT_AND_OUTPUT = {"service.py", "batches.py"}
RULES = sorted(path for path in FOLDER.rglob("*.py") if path.name not in WITH_INPUT_AND_OUTPUT)
FORBIDDEN = {"aiohttp", "asyncio", "os", "random", "secrets", "socket", "sqlalchemy", "sqlite3", "threading", "time"}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_rule_imports_no_input_and_output(path: Path) -> None:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    assert not {name for name in names if name.partition(".")[0] in FORBIDDEN}
    assert not {name for name in names if name.startswith(("showroom.db", "showroom.http", "showroom.realtime"))}


def test_there_are_rules_to_look_at() -> None:
    assert len(RULES) >= 10
