"""What scanners save: OBJ + MTL + PNG, a binary PLY cloud, an RGB-D folder. All as bytes by file name."""

import json
from io import BytesIO

import numpy as np

from showroom_demo.scan.rig import Eye
from showroom_demo.scan.target import F64, I64


def png(
    pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | np.ndarray[tuple[int, ...], np.dtype[np.uint16]],
) -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.fromarray(pixels).save(out, format="PNG", compress_level=4)
    return out.getvalue()


def obj(name: str, points: F64, faces: I64, uvs: F64, corners: I64, texture: bytes) -> dict[str, bytes]:
    """Vertices and texture corners indexed apart, as scanners write them; v runs upwards in OBJ."""
    v = "\n".join(f"v {x:.4f} {y:.4f} {z:.4f}" for x, y, z in points.tolist())
    vt = "\n".join(f"vt {u:.6f} {1 - w:.6f}" for u, w in uvs.tolist())
    both = np.stack([faces, corners], axis=2).reshape(-1, 6) + 1
    f = "\n".join(f"f {a}/{b} {c}/{d} {e}/{g}" for a, b, c, d, e, g in both.tolist())
    text = f"mtllib {name}.mtl\n{v}\n{vt}\nusemtl scanned\n{f}\n"
    mtl = f"newmtl scanned\nKa 0 0 0\nKd 1 1 1\nKs 0 0 0\nmap_Kd {name}.png\n"
    return {f"{name}.obj": text.encode(), f"{name}.mtl": mtl.encode(), f"{name}.png": texture}


def ply(
    name: str, points: F64, colors: np.ndarray[tuple[int, int], np.dtype[np.uint8]], normals: F64
) -> dict[str, bytes]:
    """Points with colour and normal, little-endian."""
    row = np.dtype([("p", "<f4", 3), ("n", "<f4", 3), ("c", "u1", 3)])
    table = np.zeros(len(points), dtype=row)
    table["p"], table["n"], table["c"] = points, normals, colors
    fields = "".join(f"property float {k}\n" for k in ("x", "y", "z", "nx", "ny", "nz"))
    fields += "".join(f"property uchar {k}\n" for k in ("red", "green", "blue"))
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(points)}\n{fields}end_header\n"
    return {f"{name}.ply": head.encode() + table.tobytes()}


def rgbd(
    colors: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]],
    depths: list[np.ndarray[tuple[int, ...], np.dtype[np.uint16]]],
    eyes: list[Eye],
    poses: list[F64],
    *,
    depth_scale: float,
) -> dict[str, bytes]:
    """The layout that Open3D reads; ``depth_scale`` raw units a metre, ``poses`` world from camera in metres."""
    eye = eyes[0]
    camera = {
        "width": eye.pixels,
        "height": eye.pixels,
        "intrinsic_matrix": eye.intrinsics.T.reshape(-1).tolist(),
        "depth_scale": depth_scale,
    }
    log = []
    for k, pose in enumerate(poses):
        log.append(f"{k} {k} {k + 1}")
        log += [" ".join(f"{value:.9g}" for value in line) for line in pose.tolist()]
    out = {
        "camera_intrinsic.json": (json.dumps(camera, indent=1) + "\n").encode(),
        "trajectory.log": ("\n".join(log) + "\n").encode(),
    }
    for k, (color, depth) in enumerate(zip(colors, depths, strict=True)):
        out[f"color/{k:06d}.png"] = png(color)
        out[f"depth/{k:06d}.png"] = png(depth)
    return out
