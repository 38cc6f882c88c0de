"""
Every bad input we know of, as files: what is wrong with it, and the code of the error it must get.

``CASES[name].build(folder)`` writes it below ``folder`` and gives the path to read. All are small on disk.
"""

import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import scan_files as good


@dataclass(frozen=True)
class Case:
    """``code`` of the error, and words its message must have (the name of the culprit, or the way out)."""

    code: str
    words: str
    build: Callable[[Path], Path]


CASES: dict[str, Case] = {}


def _file(name: str, code: str, words: str, file: str, data: bytes | Callable[[], bytes], **beside: bytes) -> None:
    def build(folder: Path) -> Path:
        content = data() if callable(data) else data
        good.write(folder, {file: content, **{key.replace("__", "."): value for key, value in beside.items()}})
        return folder / file

    CASES[name] = Case(code, words, build)


def _tree(name: str, code: str, words: str, tree: good.Tree) -> None:
    CASES[name] = Case(code, words, lambda folder: good.write(folder, tree))


def _case(name: str, code: str, words: str) -> Callable[[Callable[[Path], Path]], Callable[[Path], Path]]:
    def keep(build: Callable[[Path], Path]) -> Callable[[Path], Path]:
        CASES[name] = Case(code, words, build)
        return build

    return keep


_PLY = good.ply("binary_little_endian")
_HUGE = b"1000000000"
_NAN_OBJ = b"v nan nan nan\nv inf 0 0\nv 0 nan 0\nf 1 2 3\n"
_OBJ = b"v 0 0 0\nv 1 0 0\nv 0 1 0\n"

for _suffix in ("obj", "ply", "stl", "off", "pcd", "xyz", "glb", "gltf", "zip"):
    _file(f"empty-{_suffix}", "input.", "", f"a.{_suffix}", b"")
    _file(f"noise-{_suffix}", "input.", "", f"a.{_suffix}", bytes((i * 37 + i // 7) % 256 for i in range(4000)))

_file("truncated-ply", "input.damaged", "truncated", "a.ply", _PLY[:-20])
_file("truncated-ply-header", "input.damaged", "truncated", "a.ply", _PLY[:60])
_file("truncated-ply-ascii", "input.damaged", "truncated", "a.ply", good.ply("ascii")[:-30])
_file("truncated-stl", "input.damaged", "truncated", "a.stl", good.stl_binary()[:-60])
_file("truncated-stl-ascii", "input.damaged", "a.stl", "a.stl", good.stl_ascii()[:-80])
_file("truncated-off", "input.damaged", "truncated", "a.off", good.off()[:-20])
_file("truncated-pcd", "input.damaged", "truncated", "a.pcd", good.pcd("binary")[:-8])
_file("truncated-pcd-lzf", "input.damaged", "truncated", "a.pcd", good.pcd("binary_compressed")[:-8])
_file("truncated-glb", "input.damaged", "truncated", "a.glb", lambda: good.glb()[:-40])
_file("truncated-zip", "input.damaged", "a.zip", "a.zip", good.zipped(good.obj_tree())[:-40])
_file("corrupt-zip-member", "input.damaged", "a.zip", "a.zip",
      lambda: good.zipped(good.obj_tree()).replace(b"box.obj", b"box.obj", 1)[:45] + b"\xff" * 40
      + good.zipped(good.obj_tree())[85:])  # fmt: skip
_file("truncated-obj", "input.damaged", "a.obj", "a.obj", good.obj_text()[:150] + b"\nv 1.0 2\n")
_file("cut-texture", "input.damaged", "skin.png", "a.obj", good.obj_text("a.mtl"),
      a__mtl=b"newmtl skin\nmap_Kd skin.png\n", skin__png=good.picture("PNG", (400, 300))[:-300])  # fmt: skip

_file("nan-obj", "input.damaged", "finite", "a.obj", _NAN_OBJ)
_file("nan-ply", "input.damaged", "finite", "a.ply",
      b"ply\nformat binary_little_endian 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
      b"end_header\n" + struct.pack("<9f", *[float("nan")] * 9))  # fmt: skip
_file("nan-pcd", "input.damaged", "finite", "a.pcd",
      b"VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 2\nHEIGHT 1\nPOINTS 2\nDATA ascii\n"
      b"nan nan nan\nnan nan nan\n")  # fmt: skip
_file("nan-stl", "input.damaged", "finite", "a.stl",
      b"x" * 80 + struct.pack("<I", 1) + struct.pack("<12fH", *[float("inf")] * 12, 0))  # fmt: skip

for _count in (_HUGE, b"4000000000", b"999999999999999999"):
    _file(f"header-of-{_count.decode()}-ply", "input.", "", "a.ply", _PLY.replace(b"vertex 8", b"vertex " + _count))
_file("header-of-many-ply-ascii", "input.", "", "a.ply", good.ply("ascii").replace(b"face 12", b"face 30000000"))
_file("header-of-many-faces-ply", "input.damaged", "truncated", "a.ply", _PLY.replace(b"face 12", b"face 30000000"))
_file("header-of-many-stl", "input.", "", "a.stl", b"x" * 80 + struct.pack("<I", 4_000_000_000) + b"\0" * 50)
_file("header-of-many-off", "input.limit", "allowed", "a.off", b"OFF\n1000000000 1000000000 0\n0 0 0\n")
_file("header-of-many-pcd", "input.limit", "allowed", "a.pcd",
      good.pcd("binary").replace(b"POINTS 40", b"POINTS " + _HUGE))  # fmt: skip
_file("header-of-many-pcd-lzf", "input.damaged", "truncated", "a.pcd",
      good.pcd("binary_compressed").replace(b"POINTS 40", b"POINTS 9000000"))  # fmt: skip
_file(
    "list-of-many-ply",
    "input.damaged",
    "truncated",
    "a.ply",
    _PLY.replace(b"list uchar int", b"list uint int").replace(b"\x03" + struct.pack("<i", 0), b"\xff" * 5, 1),
)
_file("negative-list-ply", "input.damaged", "a.ply", "a.ply",
      good.ply("ascii").replace(b"list uchar", b"list char").replace(b"\n3 ", b"\n-3 ", 1))  # fmt: skip
_file("polygon-of-many-obj", "input.limit", "allowed", "a.obj", _OBJ + b"f" + b" 1 2 3" * 20_000 + b"\n")

_file("index-beyond-obj", "input.damaged", "a.obj", "a.obj", _OBJ + b"f 1 2 9\n")
_file("index-far-beyond-obj", "input.damaged", "a.obj", "a.obj", _OBJ + b"f 1 2 99999999999999999999\n")
_file("index-zero-obj", "input.damaged", "face", "a.obj", _OBJ + b"f 0 1 2\n")
_file("index-before-obj", "input.damaged", "relative", "a.obj", _OBJ + b"f -1 -2 -9\n")
_file("index-of-no-uv-obj", "input.damaged", "texture coordinate", "a.obj", _OBJ + b"f 1/1 2/2 3/3\n")
_file("index-beyond-ply", "input.damaged", "vertex", "a.ply", _PLY[:-4] + struct.pack("<i", 8))
_file("index-negative-ply", "input.damaged", "vertex", "a.ply", _PLY[:-4] + struct.pack("<i", -1))
_file("index-beyond-off", "input.damaged", "vertex", "a.off", good.off().replace(b"4 1 5 7 3", b"4 1 5 7 8"))
_file("words-in-obj", "input.damaged", "number", "a.obj", b"v 0 0 zero\n")
_file("words-in-face-obj", "input.damaged", "face", "a.obj", _OBJ + b"f one two three\n")
_file("chemistry-xyz", "input.", "", "a.xyz", b"3\nwater\nO 0 0 0.1\nH 0 0.7 -0.4\nH 0 -0.7 -0.4\n")
_file("ragged-xyz", "input.damaged", "line 2", "a.xyz", b"0 0 0\n1 1\n2 2 2\n")
_file("utf-16-obj", "input.unsupported", "UTF-16", "a.obj", good.obj_text().decode().encode("utf-16"))
_file("binary-as-obj", "input.unsupported", "binary", "a.obj", good.stl_binary())
_file("no-faces-stl", "input.empty", "triangles", "a.stl", b"solid nothing\nendsolid nothing\n")
_file("no-vertices-obj", "input.empty", "vertices", "a.obj", b"# nothing\no nothing\n")
_file("splats-ply", "input.unsupported", "splats", "a.ply",
      b"ply\nformat ascii 1.0\nelement vertex 1\n"
      + b"".join(b"property float %s\n" % each for each in (b"x", b"y", b"z", b"f_dc_0", b"scale_0", b"rot_0"))
      + b"end_header\n0 0 0 0 0 0\n")  # fmt: skip

for _kind in (
    "fbx",
    "usd",
    "usda",
    "usdc",
    "usdz",
    "step",
    "stp",
    "iges",
    "3dm",
    "sldprt",
    "blend",
    "max",
    "3mf",
    "dae",
):
    _file(f"unread-{_kind}", "input.unsupported", "export glTF (.glb)", f"a.{_kind}", b"whatever")
_file("unread-fbx-unnamed", "input.unsupported", "FBX", "model", b"Kaydara FBX Binary  \0\x1a\0")
_file("unread-rar", "input.unsupported", ".zip", "a.rar", b"Rar!\x1a\x07\0")
_file("unread-unknown", "input.unsupported", "are read", "a.qqq", b"whatever")

_tree("empty-folder", "input.empty", "empty", {})
_tree("folder-of-pictures", "input.empty", "no model", {"a.png": good.picture(), "b.png": good.picture()})
_tree("folder-of-fbx", "input.unsupported", "export glTF", {"a.fbx": b"whatever", "a.png": good.picture()})
_tree("folder-of-two", "input", "2 models", {"a.obj": good.obj_text(), "b.stl": good.stl_binary()})
_tree("rgbd-without-intrinsics", "input.missing", "intrinsics",
      {k: v for k, v in good.rgbd_tree("open3d").items() if not k.endswith(".json")})  # fmt: skip
_tree(
    "rgbd-without-depth",
    "input.empty",
    "no depth",
    {k: good.depth_picture(0.0) if k.startswith("depth") else v for k, v in good.rgbd_tree("open3d").items()},
)
_tree(
    "rgbd-of-colour",
    "input.damaged",
    "depth",
    {k: good.picture("PNG", (16, 12)) if k.startswith("depth") else v for k, v in good.rgbd_tree("open3d").items()},
)
_tree("rgbd-of-no-camera", "input.damaged", "intrinsics",
      {**good.rgbd_tree("tum"), "intrinsics.txt": b"0 0 nan 1"})  # fmt: skip
_tree("missing-texture", "input.missing", "'box skin.png' beside 'box.mtl'",
      {k: v for k, v in good.obj_tree().items() if not k.endswith(".png")})  # fmt: skip
_tree("texture-climbs-out", "input.missing", "passwd",
      {**{k: v for k, v in good.obj_tree().items() if not k.endswith(".png")},
       "box.mtl": b"newmtl skin\nmap_Kd ../../../../etc/passwd\n"})  # fmt: skip
_tree("gltf-climbs-out", "input.unsupported", "outside",
      {"a.gltf": good.gltf_tree()["box.gltf"].replace(b"box%20data.bin", b"../../../../etc/hosts")})  # fmt: skip
_tree("gltf-fetches", "input.unsupported", "network",
      {"a.gltf": good.gltf_tree()["box.gltf"].replace(b"box%20data.bin", b"http://localhost/a.bin")})  # fmt: skip
_tree("gltf-without-buffer", "input.missing", "box data.bin", {"a.gltf": good.gltf_tree()["box.gltf"]})


def _gltf(**changes: object) -> bytes:
    return json.dumps({**json.loads(good.gltf_tree()["box.gltf"]), **changes}).encode()


_cycle = [{"mesh": 0, "children": [1]}, {"children": [0]}]
_tree("gltf-cycle", "input.damaged", "a.gltf",
      {"a.gltf": _gltf(nodes=_cycle), "box data.bin": good.gltf_tree()["box data.bin"]})  # fmt: skip
_tree("gltf-header-of-many", "input.", "a.gltf",
      {"a.gltf": _gltf(accessors=[{"bufferView": 0, "componentType": 5126, "count": 10**9, "type": "VEC3"}]),
       "box data.bin": good.gltf_tree()["box data.bin"]})  # fmt: skip


def _member(name: str, data: bytes = b"", *, mode: int = 0o100644, size: int | None = None) -> bytes:
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("x")
        info.filename = name
        info.external_attr = mode << 16
        archive.writestr(info, data, zipfile.ZIP_DEFLATED)
        if size is not None:
            info.file_size = size
    return out.getvalue()


_file("zip-climbs-out", "input.unsupported", "climbs out", "a.zip", lambda: _member("../../a.obj", good.obj_text()))
_file("zip-climbs-out-backslash", "input.unsupported", "climbs out", "a.zip",
      lambda: _member("..\\..\\a.obj", good.obj_text()))  # fmt: skip
_file("zip-absolute", "input.unsupported", "climbs out", "a.zip", lambda: _member("/etc/a.obj", good.obj_text()))
_file("zip-drive", "input.unsupported", "climbs out", "a.zip", lambda: _member("C:\\a.obj", good.obj_text()))
_file("zip-link", "input.unsupported", "link", "a.zip",
      lambda: _member("a.obj", b"/etc/passwd", mode=stat.S_IFLNK | 0o777))  # fmt: skip
_file("zip-in-zip", "input.unsupported", "another zip", "a.zip",
      lambda: good.zipped({"b.zip": good.zipped(good.obj_tree())}))  # fmt: skip
_file("zip-bomb", "input.limit", "bomb", "a.zip", lambda: good.zipped({"a.obj": b"v 0 0 0\n" * (4 << 20)}))
_file("zip-of-nothing", "input.empty", "empty", "a.zip", lambda: good.zipped({}))
_file("zip-encrypted", "input.unsupported", "encrypted", "a.zip",
      lambda: _flagged(good.zipped({"a.obj": good.obj_text()})))  # fmt: skip
_file("zip-that-lies", "input.damaged", "a.zip", "a.zip", lambda: _lying(good.zipped({"a.obj": good.obj_text()})))


def _flagged(data: bytes) -> bytes:
    at = data.index(b"PK\x01\x02")
    return data[:6] + b"\x01\0" + data[8 : at + 8] + b"\x01\0" + data[at + 10 :]


def _lying(data: bytes) -> bytes:
    """The central directory promises 4,000 bytes more than the member has."""
    at = data.index(b"PK\x01\x02")
    size = struct.unpack_from("<I", data, at + 24)[0]
    return data[: at + 24] + struct.pack("<I", size + 4000) + data[at + 28 :]


def png_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of 3.6 thousand million pixels in a few kilobytes; its pixels are not even there."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 65536)) + chunk(b"IEND", b"")
    )


_tree("image-bomb", "input.limit", "pixels", {**good.obj_tree(), "box skin.png": png_bomb()})
_tree("image-of-text", "input.unsupported", "no picture", {**good.obj_tree(), "box skin.png": b"hello" * 30})


@_case("nothing-there", "input.missing", "does not exist")
def _nothing(folder: Path) -> Path:
    return folder / "nothing.obj"


@_case("pipe", "input.unsupported", "regular")
def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "a.obj")
    return folder / "a.obj"


@_case("link-out-of-folder", "input.empty", "no model")
def _link(folder: Path) -> Path:
    (folder / "in").mkdir()
    good.write(folder, {"secret.obj": good.obj_text()})
    (folder / "in" / "a.obj").symlink_to(folder / "secret.obj")
    good.write(folder / "in", {"a.png": good.picture()})
    return folder / "in"


@_case("link-loop", "input.empty", "no model")
def _loop(folder: Path) -> Path:
    (folder / "in" / "deep").mkdir(parents=True)
    (folder / "in" / "deep" / "again").symlink_to(folder / "in")
    (folder / "in" / "self.obj").symlink_to(folder / "in" / "self.obj")
    good.write(folder / "in", {"deep/a.png": good.picture()})
    return folder / "in"
