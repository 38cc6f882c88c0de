"""
Write the demo catalogue: ``python -m showroom_demo OUT [--only ID] [--scans]``.

``OUT/<id>/<id>.glb`` and ``product.toml`` for each product; with ``--scans`` also ``OUT/<id>/scan/``, what a scanner
would have made of it, and ``truth.json``.
"""

import argparse
import sys
from pathlib import Path

from showroom_assets.errors import ShowroomError
from showroom_assets.glb import write_glb
from showroom_demo import catalogue
from showroom_demo.kit.product import DemoProduct
from showroom_demo.scanner import Kind, scan
from showroom_demo.sidecar import sidecar


def write(product: DemoProduct, out: Path) -> Path:
    """Write one product's folder and return it. The same product gives the same bytes."""
    folder = out / product.id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{product.id}.glb").write_bytes(write_glb(product.scene))
    (folder / "product.toml").write_text(sidecar(product), encoding="utf-8")
    return folder


def write_scan(product: DemoProduct, folder: Path, *, kind: Kind, seed: int) -> None:
    raw = scan(product.scene, seed=seed, kind=kind)
    for name, data in raw.files(product.id).items():
        path = folder / "scan" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "truth.json").write_text(raw.truth_json(), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m showroom_demo", description="Build the demo catalogue from code.")
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--only", action="append", metavar="ID", help="this product; may be repeated")
    parser.add_argument("--scans", action="store_true", help="also what a scanner makes of each product")
    parser.add_argument("--kind", choices=["mesh", "cloud", "rgbd"], default="mesh", help="kind of scan [mesh]")
    parser.add_argument("--seed", type=int, default=1, help="chance in the scans [1]")
    given = parser.parse_args(arguments)
    wanted = given.only or catalogue.ids()
    try:
        for number, product_id in enumerate(wanted, 1):
            product = catalogue.product(product_id)
            folder = write(product, given.out)
            if given.scans:
                write_scan(product, folder, kind=given.kind, seed=given.seed)
            print(f"[{number}/{len(wanted)}] {product_id}: {product.scene.triangles:,} triangles", file=sys.stderr)
    except ShowroomError as exc:
        print(f"error: {exc.message}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
