"""
Building the demo catalogue's raw material: each product as a GLB with its facts, and a raw scan of it.

Each product is built by a process of its own, some at a time. A product is up to date while the code that makes it has
not changed; it appears in its place only once it is whole, so a build that was killed is simply gone on with.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from showroom_assets.errors import ShowroomError

SCAN = "scan"
SIZES = "sizes.toml"


class NotBuilt(ShowroomError):
    """A demo product could not be built."""

    code = "demo.not_built"


def fingerprint() -> str:
    """A hash of all code and data that demo products are made from."""
    import showroom_assets
    import showroom_demo

    whole = hashlib.sha256()
    demo = Path(showroom_demo.__file__).parent
    assets = Path(showroom_assets.__file__).parent
    paths = [*demo.rglob("*.py"), *demo.rglob("*.npz"), assets / "scene.py", *(assets / "glb").rglob("*.py")]
    people = demo / "avatars"  # the store's people are no products
    for path in sorted(path for path in paths if people not in path.parents):
        whole.update(f"{path.name}\0".encode() + path.read_bytes())
    return whole.hexdigest()


def build(
    ids: Sequence[str],
    folder: Path,
    *,
    scans: bool,
    jobs: int,
    is_stopped: Callable[[], bool],
    on_done: Callable[[str, bool], None],
) -> None:
    """
    Bring ``folder/<id>/`` up to date for each id: ``<id>.glb``, ``product.toml``; with scans ``scan/``, ``truth.json``.

    Parameters
    ----------
    scans
        Whether each is to be scanned too, which takes as long again.
    is_stopped
        Asked now and then; once true, what is being built is given up.
    on_done
        Told of each product as it is finished, and whether it had to be made.

    Raises
    ------
    NotBuilt
        One could not be made; the others are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mark = fingerprint()

    def one(product_id: str) -> None:
        try:
            made(product_id)
        finally:
            _chart(product_id, folder)

    def made(product_id: str) -> None:
        stamp = folder / f".{product_id}.json"
        wanted = [f"{product_id}.glb", "product.toml", *([f"scan/{product_id}.obj"] if scans else [])]
        if _stamp(stamp) == mark and all((folder / product_id / name).is_file() for name in wanted):
            on_done(product_id, False)
            return
        if is_stopped() or not _make(product_id, folder, scans=scans, is_stopped=is_stopped):
            return
        stamp.write_text(json.dumps({"made_by": mark}))
        on_done(product_id, True)

    failures: list[ShowroomError] = []
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for future in [pool.submit(one, product_id) for product_id in ids]:
            try:
                future.result()
            except ShowroomError as exc:
                failures.append(exc)
    if failures:
        raise failures[0]


def _chart(product_id: str, folder: Path) -> None:
    """
    Put a product's size chart beside its model.

    Charts are no part of the fingerprint: a changed one writes one manifest again, and builds no geometry.
    """
    import showroom_demo

    chart = Path(showroom_demo.__file__).parent / "charts" / f"{product_id}.toml"
    target = folder / product_id / SIZES
    if (
        chart.is_file()
        and target.parent.is_dir()
        and (not target.is_file() or target.read_bytes() != chart.read_bytes())
    ):
        shutil.copyfile(chart, target)


def prices(ids: Iterable[str], folder: Path) -> dict[str, dict[str, int]]:
    """Each product's price in minor units by currency, as its ``product.toml`` says."""
    found: dict[str, dict[str, int]] = {}
    for product_id in ids:
        facts = tomllib.loads((folder / product_id / "product.toml").read_text("utf-8"))
        found[product_id] = {str(key): int(value) for key, value in facts.get("price_minor", {}).items()}
    return found


def _make(product_id: str, folder: Path, *, scans: bool, is_stopped: Callable[[], bool]) -> bool:
    """Whether it was made, not given up."""
    aside = folder / f".{product_id}.partial"
    shutil.rmtree(aside, ignore_errors=True)
    command = [sys.executable, "-m", "showroom_demo", str(aside), "--only", product_id, *(["--scans"] if scans else [])]
    # One thread each: as many products as cores are built at a time.
    limits = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryFile("w+") as said:
        # A session of its own: Ctrl-C reaches the command alone, which then ends its children.
        running = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=said, env={**os.environ, **limits}, start_new_session=True
        )
        while True:
            try:
                running.wait(0.2)
                break
            except subprocess.TimeoutExpired:
                if is_stopped():
                    running.kill()
                    running.wait()
                    return False
        said.seek(0)
        lines = said.read().strip().splitlines()
    if running.returncode != 0:
        last = (lines or ["no reason given"])[-1]
        raise NotBuilt(f"{product_id} could not be built: {last.removeprefix('error: ')}", product=product_id)
    target = folder / product_id
    shutil.rmtree(target, ignore_errors=True)
    (aside / product_id).rename(target)
    aside.rmdir()
    return True


def _stamp(path: Path) -> str:
    try:
        return str(json.loads(path.read_text())["made_by"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
