"""Which suffixes are read, by which reader, and what to say about those that are not."""

from showroom_assets.errors import UnsupportedFormat

from .files import Files, suffix
from .numbers import printable

READERS: dict[str, str] = {
    ".glb": "gltf", ".gltf": "gltf", ".vrm": "gltf", ".obj": "obj", ".ply": "ply", ".off": "off", ".stl": "stl",
    ".pcd": "pcd", ".xyz": "xyz", ".pts": "xyz", ".asc": "xyz", ".xyzrgb": "xyz", ".xyzn": "xyz", ".txt": "xyz",
    ".csv": "xyz",
}  # fmt: skip
"""Reader by suffix, the richer formats first: of twins (same folder, same stem) the first is read."""

WEAK = frozenset({".txt", ".csv"})
"""Suffixes that are a cloud only when the file is named itself, or nothing better is in the folder."""

_EXPORT = "export glTF (.glb)"
_REFUSED = {
    ".fbx": ("FBX", _EXPORT), ".usd": ("USD", _EXPORT), ".usda": ("USD", _EXPORT), ".usdc": ("USD", _EXPORT),
    ".usdz": ("USDZ", _EXPORT), ".step": ("STEP (CAD)", _EXPORT), ".stp": ("STEP (CAD)", _EXPORT),
    ".iges": ("IGES (CAD)", _EXPORT), ".igs": ("IGES (CAD)", _EXPORT), ".3dm": ("Rhino 3DM (CAD)", _EXPORT),
    ".sldprt": ("SolidWorks (CAD)", _EXPORT), ".sldasm": ("SolidWorks (CAD)", _EXPORT),
    ".ipt": ("Inventor (CAD)", _EXPORT), ".iam": ("Inventor (CAD)", _EXPORT),
    ".catpart": ("CATIA (CAD)", _EXPORT), ".prt": ("NX or Creo (CAD)", _EXPORT), ".x_t": ("Parasolid (CAD)", _EXPORT),
    ".x_b": ("Parasolid (CAD)", _EXPORT), ".sat": ("ACIS (CAD)", _EXPORT), ".brep": ("BREP (CAD)", _EXPORT),
    ".jt": ("JT (CAD)", _EXPORT), ".dwg": ("AutoCAD DWG", _EXPORT), ".dxf": ("AutoCAD DXF", _EXPORT),
    ".f3d": ("Fusion 360 (CAD)", _EXPORT), ".fcstd": ("FreeCAD", _EXPORT), ".scad": ("OpenSCAD", _EXPORT),
    ".skp": ("SketchUp", _EXPORT), ".ifc": ("IFC", _EXPORT), ".blend": ("Blender", _EXPORT),
    ".max": ("3ds Max", _EXPORT), ".ma": ("Maya", _EXPORT), ".mb": ("Maya", _EXPORT), ".c4d": ("Cinema 4D", _EXPORT),
    ".lwo": ("LightWave", _EXPORT), ".3ds": ("3DS", _EXPORT), ".3mf": ("3MF", _EXPORT), ".amf": ("AMF", _EXPORT),
    ".dae": ("COLLADA", _EXPORT), ".x3d": ("X3D", _EXPORT), ".wrl": ("VRML", _EXPORT), ".abc": ("Alembic", _EXPORT),
    ".ztl": ("ZBrush", _EXPORT), ".zpr": ("ZBrush", _EXPORT), ".x": ("DirectX", _EXPORT), ".u3d": ("U3D", _EXPORT),
    ".las": ("LAS", "export a PLY point cloud"), ".laz": ("LAZ", "export a PLY point cloud"),
    ".e57": ("E57", "export a PLY point cloud"), ".ptx": ("PTX", "export a PLY point cloud"),
    ".splat": ("Gaussian splats", "export a textured mesh as .glb"),
    ".spz": ("Gaussian splats", "export a textured mesh as .glb"),
    ".ksplat": ("Gaussian splats", "export a textured mesh as .glb"),
    ".rar": ("RAR", "pack the files as .zip"), ".7z": ("7-Zip", "pack the files as .zip"),
    ".tar": ("tar", "pack the files as .zip"), ".gz": ("gzip", "pack the files as .zip"),
    ".tgz": ("tar", "pack the files as .zip"), ".xz": ("xz", "pack the files as .zip"),
    ".bz2": ("bzip2", "pack the files as .zip"), ".zst": ("zstd", "pack the files as .zip"),
    ".bag": ("ROS bags", "export a folder of colour and depth pictures"),
}  # fmt: skip

READ = "OBJ, PLY, STL, OFF, GLB, glTF, PCD, XYZ, a zip of one of them, and RGB-D folders are read"

_MAGIC = (
    (b"glTF", ".glb"), (b"ply\n", ".ply"), (b"ply\r", ".ply"), (b"PK\x03\x04", ".zip"), (b"# .PCD", ".pcd"),
    (b"OFF", ".off"), (b"COFF", ".off"), (b"solid ", ".stl"), (b"Kaydara FBX", ".fbx"), (b"BLENDER", ".blend"),
    (b"ISO-10303-21", ".step"), (b"PXR-USDC", ".usdc"), (b"#usda", ".usda"), (b"VERSION 0.7", ".pcd"),
)  # fmt: skip


def sniffed(head: bytes) -> str:
    """The suffix a file should have, by its first bytes, or ""."""
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")


def unread(name: str, kind: str = "") -> UnsupportedFormat:
    """The error for a file that is not read. ``kind`` is a suffix found by other means."""
    found = kind or suffix(name)
    shown = printable(name.rsplit("/", 1)[-1], 80)
    if found in _REFUSED:
        what, instead = _REFUSED[found]
        return UnsupportedFormat(f"'{shown}': {what} is not read; {instead} instead.", format=what)
    return UnsupportedFormat(f"'{shown}' is no format that is read. {READ}.", format=found)


def refused_names(files: Files) -> list[str]:
    """Files of a known format that is not read."""
    return [name for name in files.names if suffix(name) in _REFUSED]
