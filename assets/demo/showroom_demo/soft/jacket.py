"""
A bomber jacket, size M: satin nylon shell, ribbed collar, cuffs and waistband, a two-way zip and slanted welt pockets.

Draped over the demo's body with room for a T-shirt, and skinned to the humanoid rig.
"""

from functools import cache

import numpy as np

from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.body import body
from showroom_demo.kit.drape import Fabric, drape
from showroom_demo.kit.garment import Garment, garment
from showroom_demo.kit.material import Finish, metal, pbr
from showroom_demo.kit.palette import BONE, BRASS, CLAY, GUNMETAL, INK, OLIVE, RUST
from showroom_demo.kit.pattern import Piece, sew, strip
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape
from showroom_demo.kit.solid import cylinder
from showroom_demo.kit.textile import canvas, cloth, nylon, rib, twill
from showroom_demo.kit.texture import satin_metal
from showroom_demo.soft import top
from showroom_demo.soft.block import Block, Seam, arms_from, body_seams, neck_ribs, panel, sleeve
from showroom_demo.soft.patch import patch
from showroom_demo.soft.rig import rigged
from showroom_demo.soft.zipper import Zipper, strung, zipper

BLOCK = Block(
    half_chest=292, half_hem=288, armpit=330, shoulder=556, half_shoulder=240, neck=596, half_neck=90, front_drop=74,
    back_drop=22, bicep=206, cuff=150, sleeve=334, cap=132, hem_y=890, spacing=14.5,
)  # fmt: skip
COLLAR_MM, BAND_MM, CUFF_MM = 52.0, 62.0, 62.0
SIZES = {"S": (920, 760), "M": (1000, 840), "L": (1080, 920), "XL": (1160, 1000)}
WAYS = (
    ("Olive", OLIVE, "#5d5c39", BRASS),
    ("Ink", INK, "#2b3044", GUNMETAL),
    ("Clay", CLAY, "#a06b4c", BRASS),
    ("Bone", BONE, "#d6ccba", GUNMETAL),
    ("Rust", RUST, "#7e3b22", BRASS),
)


def product() -> DemoProduct:
    """The product; the drape takes about 6 s and is kept for the process."""
    g = _draped()
    zip_ = _zip(g)
    parts = [
        Part("front", [("shell", g.panel("front"))]),
        Part("back", [("shell", g.panel("back"))]),
        Part("sleeves", [("shell", g.panel("sleeve_l")), ("shell", g.panel("sleeve_r"))]),
        Part(
            "collar",
            [("rib", g.panel("rib_front")), ("rib", g.panel("rib_back")), ("rib", _lip(g, "rib_", 0.8 * COLLAR_MM))],
        ),
        Part(
            "waistband",
            [("rib", g.panel("band_front")), ("rib", g.panel("band_back")), ("rib", _lip(g, "band_", 0.8 * BAND_MM))],
        ),
        Part(
            "cuffs", [(slot, s) for k in "lr" for slot, s in (("rib", g.panel(f"cuff_{k}")), ("rib", _cuff_lip(g, k)))]
        ),
        Part("zip_tape", [("tape", zip_.tape)]),
        Part("zip_teeth", [("metal", zip_.teeth)]),
        Part("zip_slider", [("metal", zip_.slider)]),
        Part(
            "pockets",
            [("shell", w) for w in _welts(g)] + [("metal", s) for s in _snaps(g)] + [("shadow", s) for s in _slits(g)],
        ),
        Part("stitching", [("thread", s) for s in _rows(g)]),
    ]
    ways = [
        Colourway(Variant(label=n, sku=f"JKT-BOMBER-{n.upper()}", swatch=c, sizes=tuple(SIZES)), _finishes(n, c, t, m))
        for n, c, t, m in WAYS
    ]
    made = assemble("rove-bomber", parts, ways)
    return DemoProduct(
        id="rove-bomber",
        name="Rove",
        description="A light bomber in satin nylon with ribbed trims, a brass zip and deep welt pockets.",
        category="jacket",
        scene=rigged(made, g.weights_at),
        variants=tuple(way.variant for way in ways),
        dimensions_m=made.dimensions_m,
        placement="hanger",
        price_minor={"EUR": 18900, "USD": 20900, "GBP": 16500},
        anchors=top.anchors(made, g),
        hotspots=(
            made.hotspot(
                "zip_slider", zip_.slider.points.mean(axis=0), "Polished moulded-tooth zip, set through the collar"
            ),
            made.hotspot("pockets", _welts(g)[0].points.mean(axis=0), "Slanted welt pockets, closed by a snap"),
        ),
        wearable=top.measures(
            "jacket",
            made,
            BLOCK,
            SIZES,
            length_mm=round(BLOCK.neck + BAND_MM),
            sleeve_mm=round(BLOCK.sleeve + BLOCK.cap + CUFF_MM),
            sleeve_step_mm=10,
        ),
    )


def _finishes(name: str, color: str, thread: str, hardware: str) -> dict[str, Finish]:
    low = name.lower()
    return {
        "shell": cloth(f"nylon {low}", color, nylon(), sheen_roughness=0.3, double_sided=True),
        "rib": cloth(f"rib {low}", color, rib(), double_sided=True),
        "thread": cloth(f"thread {low}", thread, canvas()),
        "tape": cloth(f"zip tape {low}", thread, twill(), double_sided=True),
        "shadow": pbr(f"pocket {low}", "#0c0c0d", roughness=0.95),
        "metal": metal(f"hardware {low}", hardware, maps=satin_metal(roughness=0.26)),
    }


@cache
def _draped() -> Garment:
    front, back = panel(BLOCK, back=False), panel(BLOCK, back=True)
    sleeves = [sleeve(BLOCK, "l"), sleeve(BLOCK, "r")]
    ribs, rib_seams = neck_ribs(front, back, width=COLLAR_MM, tightness=0.86, rows=5, lean=0.25)
    bands, band_seams = _bands(front, back)
    cuffs, cuff_seams = _cuffs(sleeves)
    cut_out = sew([front, back, *sleeves, *ribs, *bands, *cuffs], [*body_seams(), *rib_seams, *band_seams, *cuff_seams])
    stiff = np.ones(len(cut_out.start))
    for piece in (*ribs, *bands, *cuffs):
        stiff[cut_out.nodes(piece.name)] = 8.0
    middle = cut_out.nodes("front")[np.abs(cut_out.piece("front").flat[:, 0]) < 16.0]
    stiff[middle] = 5.0  # the zip
    fabric = Fabric(stretch=1.4e7, contact=8e6, bend=3e4, clearance_mm=8.0)
    resting = drape(cut_out, fabric, steps=56, iterations=6, bend_scale=stiff)
    return garment(cut_out, resting, seam_mm=1.6, arms_from=arms_from(BLOCK, "band_front", "band_back"))


def _bands(front: Piece, back: Piece) -> tuple[list[Piece], list[Seam]]:
    """Waistband halves, drawn in to 84 % of the hem; rows run from the hem (upper) down to the edge (lower)."""
    out: list[Piece] = []
    for piece, name in ((front, "band_front"), (back, "band_back")):
        line = piece.placed[piece.edges["hem"]]
        length = 0.84 * 2 * BLOCK.half_hem
        down = np.linspace(BAND_MM, 0.0, 6)[:, None, None] * np.array([0.0, -1.0, 0.0])
        out.append(strip(name, length, BAND_MM, segments=len(line) - 1, rows=5, placed=line[None] + down))
    seams: list[Seam] = [
        (("band_front", "upper"), ("front", "hem"), False),
        (("band_back", "upper"), ("back", "hem"), False),
    ]
    seams += [
        (("band_front", "end"), ("band_back", "start"), False),
        (("band_back", "end"), ("band_front", "start"), False),
    ]
    return out, seams


def _cuffs(sleeves: list[Piece]) -> tuple[list[Piece], list[Seam]]:
    out: list[Piece] = []
    seams: list[Seam] = []
    b = body()
    for piece, side, bone in zip(sleeves, "lr", ("left", "right"), strict=True):
        line = piece.placed[piece.edges["hem"]]
        fore = b.head(bone + "Hand") - b.head(bone + "LowerArm")
        down = np.linspace(CUFF_MM, 0.0, 6)[:, None, None] * (fore / np.linalg.norm(fore))
        name = f"cuff_{side}"
        out.append(strip(name, 205.0, CUFF_MM, segments=len(line) - 1, rows=5, placed=line[None] + down))
        seams += [((name, "upper"), (piece.name, "hem"), False), ((name, "start"), (name, "end"), False)]
    return out, seams


def _lip(g: Garment, prefix: str, depth: float) -> Shape:
    edge = "upper" if prefix == "rib_" else "lower"
    return g.hem([(f"{prefix}front", edge), (f"{prefix}back", edge)], depth=depth, thickness=3.0, lips=1.4)


def _cuff_lip(g: Garment, side: str) -> Shape:
    return g.hem([(f"cuff_{side}", "lower")], depth=0.8 * CUFF_MM, thickness=2.6, lips=1.3)


def _zip(g: Garment) -> Zipper:
    band = g.sewn.piece("band_front").flat
    collar = g.sewn.piece("rib_front").flat
    drop = BLOCK.neck - BLOCK.front_drop
    lines = [
        ("band_front", np.column_stack([np.full(9, band[:, 0].max() / 2), np.linspace(2, BAND_MM - 2, 9)])),
        ("front", np.column_stack([np.zeros(60), np.linspace(2, drop - 2, 60)])),
        ("rib_front", np.column_stack([np.full(9, collar[:, 0].max() / 2), np.linspace(2, COLLAR_MM - 3, 9)])),
    ]
    found = [g.at(name, flat, layer_mm=0.4) for name, flat in lines]
    path, normals = (np.concatenate([f[k] for f in found]) for k in (0, 1))
    for _ in range(6):  # a zip is stiff: it bridges the small folds
        path[1:-1] = 0.25 * path[:-2] + 0.5 * path[1:-1] + 0.25 * path[2:]
        normals[1:-1] = normals[:-2] + 2 * normals[1:-1] + normals[2:]
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return zipper(path, normals, lift=2.2, slider_at=0.97)


WELT = (118.0, 70.0, 158.0, 26.0)
"""x and y of the lower outer corner from the centre front, length, width, mm; leaning 24°."""


def _welt_outline(sign: float, inset: float = 0.0, *, slit: bool = False) -> F64:
    x, y, length, width = WELT
    angle = np.radians(114.0)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([np.sin(angle), -np.cos(angle)])
    start = np.array([x + 44.0, y])
    corners = [(inset, inset), (length - inset, inset), (length - inset, width - inset), (inset, width - inset)]
    points = np.array([start + a * along - c * across for a, c in corners])
    if slit:
        edge = [(2.0, -3.5), (length - 2.0, -3.5), (length - 2.0, 0.5), (2.0, 0.5)]
        points = np.array([start + a * along - c * across for a, c in edge])
    return points * [sign, 1.0]


def _welts(g: Garment) -> list[Shape]:
    return [patch(g, "front", _welt_outline(s), lift=3.4) for s in (1.0, -1.0)]


def _slits(g: Garment) -> list[Shape]:
    """The dark of the pocket's mouth, behind the welt."""
    return [patch(g, "front", _welt_outline(s, slit=True), lift=1.9, step=4.0) for s in (1.0, -1.0)]


def _snaps(g: Garment) -> list[Shape]:
    cap = cylinder(5.5, 1.8, bevel=0.8, segments=20)
    out = []
    for sign in (1.0, -1.0):
        where, normal = g.at("front", _welt_outline(sign).mean(axis=0)[None], layer_mm=3.2)
        out.append(strung(cap, where, along=np.array([[1.0, 0.0, 0.0]]), up=normal))
    return out


def _rows(g: Garment) -> list[Shape]:
    thread = {"pitch": 3.8, "length": 2.9, "width": 0.9, "height": 0.45}
    out = []
    drop = BLOCK.neck - BLOCK.front_drop
    for sign in (1.0, -1.0):
        lines = [np.array([[sign * x, 3.0], [sign * x, drop - 1.0]]) for x in (16.0, 22.0)]
        out += [g.row("front", line, layer_mm=0.3, **thread) for line in lines]
        outline = _welt_outline(sign, 2.5)
        out.append(g.row("front", np.concatenate([outline, outline[:1]]), layer_mm=3.3, **thread))
    for name in ("front", "back"):
        out += [
            g.row(name, g.inset(name, edge, 4.0), layer_mm=0.2, **thread) for edge in ("neck", "hem", "arm_l", "arm_r")
        ]
    out += [g.row(f"sleeve_{s}", g.inset(f"sleeve_{s}", "hem", 4.0), layer_mm=0.2, **thread) for s in "lr"]
    return out
