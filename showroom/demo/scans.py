"""
A product made from a raw scan, with two pictures beside it: the scan as it came, and what was made of it.

Both are taken by one camera in one light. Photographing loads the renderer and numpy, so ``photograph`` is called in a
process of its own: ``python -m showroom.demo.scans RAW PRODUCT OUT``.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from showroom.http.shelf import SCAN_AFTER, SCAN_BEFORE
from showroom_assets.errors import ShowroomError
from showroom_assets.manifest import MANIFEST_NAME, file_entry, load, write_manifest

_SIZE_PX = 960
_QUALITY = 82


def staged(raw: Path, product: Path, folder: Path) -> Path:
    """
    ``product`` with the two pictures added, ready to publish; made again only if the product has changed.

    Parameters
    ----------
    raw
        The scan's model.
    product
        What ``showroom convert`` made of it.
    folder
        Where to put it: ``folder/<name of product>``.
    """
    target = folder / product.name
    manifest = (product / MANIFEST_NAME).read_bytes()
    stamp = folder / f".{product.name}.json"
    if stamp.is_file() and stamp.read_bytes() == manifest and (target / MANIFEST_NAME).is_file():
        return target
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(product, target, copy_function=_link)
    (target / MANIFEST_NAME).unlink()
    command = [sys.executable, "-m", __spec__.name, str(raw), str(product), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ShowroomError(f"The scan {raw.name} could not be photographed: {last}", scan=raw.name)
    whole = load(product)
    pictures = [file_entry(target, name, "other") for name in (SCAN_BEFORE, SCAN_AFTER)]
    whole = msgspec.structs.replace(whole, files=[*whole.files, *pictures])
    (target / MANIFEST_NAME).write_bytes(write_manifest(whole))
    stamp.write_bytes(manifest)
    return target


def photograph(raw: Path, product: Path) -> tuple[bytes, bytes]:
    """
    Two WebP pictures: the scan, turned upright, and the product, by the camera that suits the product.

    Parameters
    ----------
    raw
        The scan's model, in millimetres, +Z up.
    product
        A folder with ``product.json``.
    """
    from showroom_pipeline.ingest import read
    from showroom_pipeline.steps.normalise import normalise
    from showroom_pipeline.steps.poster import poster, poster_studio, three_quarter
    from showroom_pipeline.surface_error import world_triangles

    before = read(raw).scene
    after = read(product / next(iter(load(product).deliveries.values())).file).scene
    if before is None or after is None:
        raise ShowroomError(f"{raw.name} is not a mesh. Scan it as one.")
    upright = normalise(before, unit="mm", up="+Z").scene
    camera = three_quarter(world_triangles(after)[0])
    studio = poster_studio(_SIZE_PX)
    try:
        first, second = (
            poster(scene, size=_SIZE_PX, quality=_QUALITY, studio=studio, camera=camera) for scene in (upright, after)
        )
    finally:
        studio.close()
    return first, second


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def main(raw: str, product: str, out: str) -> None:
    before, after = photograph(Path(raw), Path(product))
    (Path(out) / SCAN_BEFORE).write_bytes(before)
    (Path(out) / SCAN_AFTER).write_bytes(after)
    print(json.dumps({"before": len(before), "after": len(after)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
