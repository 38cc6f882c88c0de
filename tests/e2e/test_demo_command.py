"""``showroom demo``: a first look gives way to the finished product, which no first look takes the place of again."""

import os
import subprocess
import sys
from pathlib import Path

from showroom_assets.library import Library

PRODUCT = "lume-ring"


def _demo(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "showroom", "demo", "--folder", str(folder / "demo"), "--only", PRODUCT]
    ran = subprocess.run(
        [*command, "--no-scans", "--no-serve", "--jobs", "1", *arguments],
        env={**os.environ, "SHOWROOM_CACHE": str(folder / "cache")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stderr


def test_a_first_look_gives_way_to_the_finished_product(tmp_path: Path) -> None:
    library = Library(tmp_path / "demo" / "library")

    assert "1 converted" in _demo(tmp_path, "--fast")
    assert [*library.show(PRODUCT).deliveries] == ["desktop"]

    assert "1 converted" in _demo(tmp_path)
    finished = library.show(PRODUCT)
    assert {*finished.deliveries} >= {"mobile", "desktop"}

    assert "0 converted" in _demo(tmp_path, "--fast")
    assert "0 converted" in _demo(tmp_path)
    assert library.show(PRODUCT) == finished
