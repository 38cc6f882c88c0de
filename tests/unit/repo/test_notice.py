"""NOTICE names everything that Showroom depends on, with the licence that the installed package declares."""

import json
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

REPO = Path(__file__).parents[3]
NOTICE = (REPO / "NOTICE").read_text()


def _names(requirements: list[str]) -> list[str]:
    return sorted({re.split(r"[^A-Za-z0-9._-]", requirement)[0] for requirement in requirements})


PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text())
PYTHON = _names(
    [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["dev"],
        *PROJECT["build-system"]["requires"],
    ]
)
NODE = sorted(
    name
    for file in [*REPO.glob("*/package.json"), *REPO.glob("*/*/package.json")]
    if "node_modules" not in file.parts
    for name in json.loads(file.read_text()).get("dependencies", {})
)


def _entry(name: str) -> str:
    """The line of NOTICE about a package, and what is indented below it."""
    found = re.search(rf"^  {re.escape(name)} \([^)]*\) .*(?:\n {{20,}}.*)*", NOTICE, re.MULTILINE)
    assert found, f"NOTICE does not name {name}: add it with its licence and copyright line"
    return found[0]


@pytest.mark.parametrize("name", [*PYTHON, *NODE])
def test_every_dependency_is_named(name: str) -> None:
    assert _entry(name)


def _is_installed(name: str) -> bool:
    """Of open3d and open3d-cpu only one is for this platform."""
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


@pytest.mark.parametrize("name", [*filter(_is_installed, PYTHON)])
def test_the_licence_is_the_one_that_the_installed_package_declares(name: str) -> None:
    about = metadata.metadata(name)
    declared = about.get("License-Expression") or about.get("License", "")
    if declared and len(declared) < 60:
        assert declared in _entry(name)


def test_nothing_is_named_that_is_not_depended_on() -> None:
    named = re.findall(r"^  ([@A-Za-z0-9._/-]+) \(", NOTICE, re.MULTILINE)
    assert sorted(named, key=str.lower) == sorted([*PYTHON, *NODE], key=str.lower)
