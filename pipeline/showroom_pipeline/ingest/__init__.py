"""
Reading: a file, a zip or a folder, of whatever kind a scanner, an app or an artist left, becomes one ``Scan``.

    format      suffixes            kept                                                          unit
    OBJ, MTL    .obj                triangles, polygons, UVs, normals, vertex colours, materials   in a comment, or none
                                    (Kd, map_Kd, d, map_d, bump, norm, Pr, Pm, Ns, Ke), several
    PLY         .ply                ascii and binary; colours, normals, UVs of vertices or         in a comment, or none
                                    corners, TextureFile, strips; without faces it is a cloud
    STL         .stl                ascii and binary; equal corners are joined                     none
    OFF         .off                OFF, COFF, NOFF, STOFF as text                                 none
    glTF        .glb .gltf .vrm     everything (see ``showroom_assets.glb``)                       metre
    PCD         .pcd                ascii, binary, LZF; colours, normals; organised, with holes    none
    points      .xyz .pts .asc      columns told by their numbers or a line of names               none
                .txt .csv .xyzrgb .xyzn
    RGB-D       a folder            APC, TUM, 7-Scenes, Open3D layouts; poses, masks               metre
    zip         .zip                one of the above with its files; nothing is unpacked to disk

FBX, USD, CAD and others are refused with a way out. All input is hostile: the outcome of ``read`` is a ``Scan`` or an
``InputError`` with one line that says what is wrong and what to do, in bounded time and memory (``Limits``).

Positions stay in the file's own units and axes: scaling and turning is the normalise step's job. UVs have glTF's
origin, top left; colours are linear.
"""

from .limits import Limits
from .reading import find_inputs, read
from .scan import Frame, RgbdCapture, Scan, Source

__all__ = ["Frame", "Limits", "RgbdCapture", "Scan", "Source", "find_inputs", "read"]
