"""
Bytes of packed geometry, beside gltfpack's if it is installed.

    python tests/bench/pack_bytes.py MODEL.glb … [--gltfpack PATH]

Pictures are not counted, and gltfpack keeps its defaults (14-bit positions, 12-bit coordinates, 8-bit normals).
Ours are shown at the error that 14 bits give, and at the default of 0.05 mm.
"""

import argparse
import json
import struct
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from showroom_assets.glb import read_glb, write_glb
from showroom_assets.scene import Scene, world_matrices
from showroom_pipeline.steps.pack import PackOptions, pack


def compressed_bytes(glb: bytes) -> int:
    """What the meshopt views hold: attributes and indices, without JSON and pictures."""
    body = json.loads(glb[20 : 20 + struct.unpack_from("<I", glb, 12)[0]])
    views = [view.get("extensions", {}) for view in body.get("bufferViews", [])]
    return sum(extension["byteLength"] for view in views for extension in view.values())


def extent_m(scene: Scene) -> float:
    """The longest side of the scene, metres: gltfpack has one grid for all of it."""
    world = world_matrices(scene)
    points = [
        primitive.positions @ world[at][:3, :3].T + world[at][:3, 3]
        for at, node in enumerate(scene.nodes)
        if node.mesh is not None and at in world
        for primitive in scene.meshes[node.mesh].primitives
    ]
    return float(np.ptp(np.concatenate(points), axis=0).max())


def bench(path: Path, gltfpack: str | None) -> str:
    scene = replace(read_glb(path), animations=())
    fourteen = extent_m(scene) / 16_383 / 2 * np.sqrt(3) / 0.98
    row = [f"{path.stem:24.24s}", f"{scene.triangles:8,d}"]
    for error in (fourteen, 5e-5):
        start = time.process_time()
        packed = pack(scene, PackOptions(style="meshopt+webp", max_position_error_m=error))
        size = compressed_bytes(packed.data)
        row.append(f"{size:9,d} B {size / scene.triangles:5.2f} B/tri {time.process_time() - start:5.2f} s")
    if gltfpack is not None:
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "in.glb", Path(folder) / "out.glb"
            source.write_bytes(write_glb(scene))
            subprocess.run([gltfpack, "-i", str(source), "-o", str(target), "-cc", "-km", "-kn"], check=True)
            size = compressed_bytes(target.read_bytes())
            row.append(f"{size:9,d} B {size / scene.triangles:5.2f} B/tri")
    return " | ".join(row)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--gltfpack")
    options = parser.parse_args()
    print("model | triangles | ours, as fine as 14 bits | ours, 0.05 mm | gltfpack -cc")
    for path in options.models:
        print(bench(path, options.gltfpack), flush=True)


if __name__ == "__main__":
    main()
