"""Small valid files of every format that is read, built from scratch: a box, a cloud, and what a camera sees."""

import io
import json
import struct
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image as Pictures

from showroom_assets.glb import write_glb
from showroom_assets.scene import Image, Material, Primitive, Texture, single

Tree = dict[str, bytes]
"""File contents by relative name."""

CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 2) for z in (0, 3)], np.float32) / 10
QUADS = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])
TRIANGLES = np.concatenate([QUADS[:, [0, 1, 2]], QUADS[:, [0, 2, 3]]])
COLORS = (CORNERS / CORNERS.max(axis=0) * 255).astype(np.uint8)
SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)


def write(folder: Path, tree: Tree) -> Path:
    """Write a tree below ``folder`` and return the folder."""
    for name, data in tree.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def zipped(tree: Tree) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in tree.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 8), mode: str = "RGB") -> bytes:
    """A gradient."""
    across, down = np.meshgrid(np.linspace(0, 255, size[0]), np.linspace(0, 255, size[1]))
    rgba = np.stack([across, down, 255 - across, np.full_like(across, 255)], axis=2).astype(np.uint8)
    out = io.BytesIO()
    Pictures.fromarray(rgba).convert(mode).save(out, kind)
    return out.getvalue()


def depth_picture(metres: float = 0.5, size: tuple[int, int] = (16, 12), scale: float = 1000.0) -> bytes:
    values = np.full((size[1], size[0]), round(metres * scale), np.uint16)
    values[0, 0] = 0
    out = io.BytesIO()
    Pictures.fromarray(values).save(out, "PNG")
    return out.getvalue()


def obj_text(library: str = "box.mtl") -> bytes:
    lines = ["# a box", f"mtllib {library}", "o box", "usemtl skin"]
    lines += ["v {:.4f} {:.4f} {:.4f}".format(*point) for point in CORNERS]
    lines += ["vt {:.1f} {:.1f}".format(*uv) for uv in SQUARE]
    lines += ["f " + " ".join(f"{corner + 1}/{slot + 1}" for slot, corner in enumerate(quad)) for quad in QUADS]
    return ("\n".join(lines) + "\n").encode()


def obj_tree() -> Tree:
    mtl = b"newmtl skin\nKd 0.8 0.8 0.8\nNs 10\nmap_Kd box skin.png\n"
    return {"box.obj": obj_text(), "box.mtl": mtl, "box skin.png": picture()}


def ply(encoding: str, *, faces: bool = True) -> bytes:
    """``encoding`` as the header has it; vertex colours, and triangles unless ``faces`` is False."""
    head = f"ply\nformat {encoding} 1.0\ncomment a box\nelement vertex {len(CORNERS)}\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz")
    head += "".join(f"property uchar {channel}\n" for channel in ("red", "green", "blue"))
    if faces:
        head += f"element face {len(TRIANGLES)}\nproperty list uchar int vertex_indices\n"
    head += "end_header\n"
    if encoding == "ascii":
        rows = ["{} {} {} {} {} {}".format(*p, *c) for p, c in zip(CORNERS.tolist(), COLORS.tolist(), strict=True)]
        rows += ["3 {} {} {}".format(*t) for t in TRIANGLES] if faces else []
        return head.encode() + ("\n".join(rows) + "\n").encode()
    order = "<" if "little" in encoding else ">"
    body = b"".join(struct.pack(order + "3f3B", *p, *c) for p, c in zip(CORNERS.tolist(), COLORS.tolist(), strict=True))
    if faces:
        body += b"".join(struct.pack(order + "B3i", 3, *t) for t in TRIANGLES.tolist())
    return head.encode() + body


def stl_binary() -> bytes:
    triangles = CORNERS[TRIANGLES]
    body = b"".join(struct.pack("<12fH", 0, 0, 0, *t.reshape(-1).tolist(), 0) for t in triangles)
    return b"solid but binary".ljust(80) + struct.pack("<I", len(triangles)) + body


def stl_ascii() -> bytes:
    out = ["solid box"]
    for triangle in CORNERS[TRIANGLES]:
        out += ["facet normal 0 0 0", "outer loop"]
        out += ["vertex {} {} {}".format(*point) for point in triangle.tolist()]
        out += ["endloop", "endfacet"]
    return "\n".join([*out, "endsolid box", ""]).encode()


def off(*, colors: bool = False) -> bytes:
    rows = ["COFF" if colors else "OFF", "# a box", f"{len(CORNERS)} {len(QUADS)} 0"]
    for point, color in zip(CORNERS.tolist(), COLORS.tolist(), strict=True):
        rows.append(" ".join(map(str, [*point, *color, 255] if colors else point)))
    rows += ["4 {} {} {} {}".format(*quad) for quad in QUADS]
    return ("\n".join(rows) + "\n").encode()


def cloud(count: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """``(n, 3) float32`` points and ``(n, 3) uint8`` colours."""
    rng = np.random.default_rng(7)
    return rng.random((count, 3), np.float32), rng.integers(0, 256, (count, 3), np.uint8)


def lzf_literals(data: bytes) -> bytes:
    """An LZF stream that only uses literals: valid, not small."""
    return b"".join(bytes([len(part) - 1]) + part for part in (data[i : i + 32] for i in range(0, len(data), 32)))


def pcd(encoding: str, *, packer=lzf_literals) -> bytes:
    points, colors = cloud()
    packed = (colors.astype(np.uint32) << np.array([16, 8, 0], np.uint32)).sum(axis=1).astype(np.uint32)
    head = (
        "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z rgb\nSIZE 4 4 4 4\nTYPE F F F U\n"
        f"COUNT 1 1 1 1\nWIDTH {len(points)}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {len(points)}\n"
        f"DATA {encoding}\n"
    ).encode()
    if encoding == "ascii":
        rows = ["{} {} {} {}".format(*p, c) for p, c in zip(points.tolist(), packed.tolist(), strict=True)]
        return head + ("\n".join(rows) + "\n").encode()
    if encoding == "binary":
        return head + b"".join(
            struct.pack("<3fI", *p, c) for p, c in zip(points.tolist(), packed.tolist(), strict=True)
        )
    columns = b"".join(points[:, axis].astype("<f4").tobytes() for axis in range(3)) + packed.astype("<u4").tobytes()
    body = packer(columns)
    return head + struct.pack("<II", len(body), len(columns)) + body


def xyz() -> bytes:
    points, colors = cloud()
    rows = ["{} {} {} {} {} {}".format(*p, *c) for p, c in zip(points.tolist(), colors.tolist(), strict=True)]
    return ("\n".join(rows) + "\n").encode()


def glb() -> bytes:
    primitive = Primitive(
        positions=CORNERS[TRIANGLES.reshape(-1)],
        indices=np.arange(TRIANGLES.size, dtype=np.uint32).reshape(-1, 3),
        uvs=(np.tile(SQUARE[:3], (len(TRIANGLES), 1)),),
        material=0,
    )
    skin = Material(name="skin", json={"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}})
    return write_glb(
        single(primitive, name="box", materials=(skin,), textures=(Texture(image=0),), images=(Image(data=picture()),))
    )


def gltf_tree() -> Tree:
    positions = CORNERS[TRIANGLES.reshape(-1)].astype("<f4")
    document = {
        "asset": {"version": "2.0", "copyright": "nobody"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [
            {
                "bufferView": 0, "componentType": 5126, "count": len(positions), "type": "VEC3",
                "min": positions.min(axis=0).tolist(), "max": positions.max(axis=0).tolist(),
            }
        ],
        "bufferViews": [{"buffer": 0, "byteLength": positions.nbytes}],
        "buffers": [{"uri": "box%20data.bin", "byteLength": positions.nbytes}],
    }  # fmt: skip
    return {"box.gltf": json.dumps(document).encode(), "box data.bin": positions.tobytes()}


POSE = np.array([[1, 0, 0, 0.5], [0, 0, -1, 0.25], [0, 1, 0, 0], [0, 0, 0, 1.0]])


def _rows(matrix: np.ndarray) -> str:
    return "\n".join(" ".join(f"{value:.8e}" for value in row) for row in matrix)


def rgbd_tree(layout: str, frames: int = 3) -> Tree:
    """``layout`` is apc, 7scenes, tum or open3d."""
    color, depth = picture("PNG", (16, 12)), depth_picture()
    camera = np.array([[20.0, 0, 8], [0, 20.0, 6], [0, 0, 1]])
    out: Tree = {}
    if layout == "apc":
        raw = np.full((12, 16), 5000, np.uint16)
        rotated = io.BytesIO()
        Pictures.fromarray(raw << 3 | raw >> 13).save(rotated, "PNG")
        info = f"# Environment: shelf\n\n# Color camera intrinsic matrix\n{_rows(camera)}\n"
        for index in range(frames):
            out[f"frame-{index:06}.color.png"] = color
            out[f"frame-{index:06}.depth.png"] = rotated.getvalue()
            out[f"masks/frame-{index:06}.a_box.mask.png"] = picture("PNG", (16, 12), "L")
            info += f"\n# Camera-to-world extrinsic matrix (camera pose) for frame-{index:06}\n{_rows(POSE)}\n"
        out["cam.info.txt"] = info.encode()
    elif layout == "7scenes":
        for index in range(frames):
            out[f"frame-{index:06}.color.png"] = color
            out[f"frame-{index:06}.depth.png"] = depth
            out[f"frame-{index:06}.pose.txt"] = _rows(POSE).encode()
        out["camera-intrinsics.txt"] = _rows(camera).encode()
    elif layout == "tum":
        truth = "# timestamp tx ty tz qx qy qz qw\n"
        for index in range(frames):
            out[f"rgb/{100 + index}.000000.png"] = color
            out[f"depth/{100 + index}.010000.png"] = depth_picture(scale=5000.0)
            truth += f"{100 + index}.005 0.5 0.25 0 {2**-0.5} 0 0 {2**-0.5}\n"
        out["groundtruth.txt"] = truth.encode()
        out["intrinsics.txt"] = b"20 20 8 6\n"
    elif layout == "open3d":
        log = ""
        for index in range(frames):
            out[f"color/{index:05}.jpg"] = picture("JPEG", (16, 12))
            out[f"depth/{index:05}.png"] = depth
            log += f"{index} {index} {index + 1}\n{_rows(POSE)}\n"
        out["camera_intrinsic.json"] = json.dumps(
            {"width": 16, "height": 12, "intrinsic_matrix": camera.T.reshape(-1).tolist()}
        ).encode()
        out["trajectory.log"] = log.encode()
    return out


def every_file() -> dict[str, Tree]:
    """A valid input of each format, by a name for it; the model is the first file of its tree."""
    return {
        "obj": obj_tree(),
        "ply-ascii": {"box.ply": ply("ascii")},
        "ply-little": {"box.ply": ply("binary_little_endian")},
        "ply-big": {"box.ply": ply("binary_big_endian")},
        "ply-cloud": {"box.ply": ply("binary_little_endian", faces=False)},
        "stl-binary": {"box.stl": stl_binary()},
        "stl-ascii": {"box.stl": stl_ascii()},
        "off": {"box.off": off()},
        "coff": {"box.off": off(colors=True)},
        "pcd-ascii": {"box.pcd": pcd("ascii")},
        "pcd-binary": {"box.pcd": pcd("binary")},
        "pcd-lzf": {"box.pcd": pcd("binary_compressed")},
        "xyz": {"box.xyz": xyz()},
        "glb": {"box.glb": glb()},
        "gltf": gltf_tree(),
        "zip": {"box.zip": zipped(obj_tree())},
    }
