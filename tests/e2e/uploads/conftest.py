"""Servers that take uploads, and a scan to send."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import scan_files as good
from upload_house import Running


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def start(tmp_path: Path, cache: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def go(**settings: Any) -> Running:
        found = Running(tmp_path / "data", cache, **settings)
        found.start()
        started.append(found)
        return found

    yield go
    for each in started:
        each.close()


@pytest.fixture
def box(tmp_path: Path) -> Path:
    path = tmp_path / "box.zip"
    path.write_bytes(good.zipped(good.obj_tree()))
    return path


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("one")
    found = Running(folder / "data", folder / "cache", worker=False)
    found.start()
    yield found
    found.close()
