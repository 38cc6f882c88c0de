"""
A heavyweight crew-neck T-shirt, size M, draped on the demo's body and skinned to the humanoid rig.

240 g/m² jersey, a 1×1 rib at the neck, twin-needle hems, a chest pocket, a woven label on the side seam.
"""

from functools import cache

import numpy as np

from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.curve import rounded_polygon
from showroom_demo.kit.drape import Fabric, drape
from showroom_demo.kit.garment import Garment, garment
from showroom_demo.kit.palette import BONE, CHALK, CLAY, INK, OLIVE, RUST
from showroom_demo.kit.pattern import sew
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape
from showroom_demo.kit.textile import canvas, cloth, jersey, rib
from showroom_demo.soft import top
from showroom_demo.soft.block import Block, arms_from, body_seams, neck_ribs, panel, sleeve
from showroom_demo.soft.patch import patch
from showroom_demo.soft.rig import rigged

BLOCK = Block(
    half_chest=268, half_hem=262, armpit=452, shoulder=655, half_shoulder=228, neck=692, half_neck=88, front_drop=92,
    back_drop=24, bicep=190, cuff=176, sleeve=105, cap=128, hem_y=792, spacing=12.5,
)  # fmt: skip
_TWIN = {"pitch": 3.6, "length": 2.8, "width": 0.8, "height": 0.4}
_FINE = {"pitch": 3.3, "length": 2.5, "width": 0.75, "height": 0.4}
RIB_MM = 21.0
HEM_MM = 22.0

SIZES = {
    "XS": (860, 700), "S": (920, 760), "M": (1000, 840), "L": (1080, 920), "XL": (1160, 1000), "XXL": (1240, 1090),
}  # fmt: skip
"""Body chest and waist, mm, that each size is cut for."""

WAYS = (
    ("Bone", BONE, "#cfc4b0"),
    ("Clay", CLAY, "#94623f"),
    ("Olive", OLIVE, "#4e4d2f"),
    ("Ink", INK, "#3a4058"),
    ("Rust", RUST, "#7a381f"),
)


def _made_in(colour: str) -> tuple[str, ...]:
    """The season's brighter colours are not made in the outermost sizes."""
    return tuple(size for size in SIZES if colour in {"Bone", "Ink"} or size not in {"XS", "XXL"})


def product() -> DemoProduct:
    """The product; the drape takes about 5 s and is kept for the process."""
    g = _draped()
    label = patch(
        g,
        "front",
        [(BLOCK.half_hem - 2, 84), (BLOCK.half_hem + 4, 84), (BLOCK.half_hem + 4, 104), (BLOCK.half_hem - 2, 104)],
        lift=1.0,
    )
    parts = [
        Part("front", [("jersey", g.panel("front"))]),
        Part("back", [("jersey", g.panel("back"))]),
        Part("sleeves", [("jersey", g.panel("sleeve_l")), ("jersey", g.panel("sleeve_r"))]),
        Part("neck_rib", [("rib", g.panel("rib_front")), ("rib", g.panel("rib_back")), ("rib", _rib_lip(g))]),
        Part("hems", [("jersey", h) for h in _hems(g)]),
        Part("pocket", [("jersey", _pocket(g))]),
        Part("stitching", [("thread", s) for s in _rows(g)]),
        Part("label", [("label", label)]),
    ]
    ways = []
    for k, (name, color, thread) in enumerate(WAYS):
        ways.append(
            Colourway(
                Variant(label=name, sku=f"TEE-CREW-{name.upper()}", swatch=color, sizes=_made_in(name)),
                {
                    "jersey": cloth(f"jersey {name.lower()}", color, jersey(), double_sided=True),
                    "rib": cloth(f"rib {name.lower()}", color, rib(), double_sided=True),
                    "thread": cloth(f"thread {name.lower()}", thread, canvas()),
                    "label": cloth(
                        f"label {name.lower()}", CHALK if k else RUST, canvas(tile_mm=12.0), double_sided=True
                    ),
                },
            )
        )
    made = assemble("alder-tee", parts, ways)
    return DemoProduct(
        id="alder-tee",
        name="Alder",
        description="A heavyweight cotton T-shirt with a neat ribbed collar, twin-needle hems and a chest pocket.",
        category="t-shirt",
        scene=rigged(made, g.weights_at),
        variants=tuple(way.variant for way in ways),
        dimensions_m=made.dimensions_m,
        placement="hanger",
        price_minor={"EUR": 4500, "USD": 4900},
        anchors=top.anchors(made, g),
        hotspots=(
            made.hotspot("neck_rib", top.middle(g, "rib_front"), "1×1 rib with a little elastane: it keeps its shape"),
            made.hotspot("pocket", _pocket(g).points.mean(axis=0), "Patch pocket, bar-tacked at the corners"),
        ),
        wearable=top.measures("top", made, BLOCK, SIZES, length_mm=692, sleeve_mm=233, sleeve_step_mm=8),
    )


@cache
def _draped() -> Garment:
    front, back = panel(BLOCK, back=False), panel(BLOCK, back=True)
    pieces = [front, back, sleeve(BLOCK, "l"), sleeve(BLOCK, "r")]
    seams = body_seams()
    ribs, rib_seams = neck_ribs(front, back, width=RIB_MM, tightness=0.90, rows=3)
    cloth_ = sew([*pieces, *ribs], [*seams, *rib_seams])
    stiff = np.ones(len(cloth_.start))
    for k in (4, 5):
        stiff[cloth_.node[k]] = 12.0
    for name in ("front", "back", "sleeve_l", "sleeve_r"):  # two layers at a hem
        near = cloth_.piece(name).flat[:, 1] < HEM_MM + 1
        stiff[cloth_.nodes(name)[near]] = 6.0
    fabric = Fabric(stretch=1.2e7, contact=6e6, bend=2.6e4, clearance_mm=3.0)
    return garment(
        cloth_, drape(cloth_, fabric, steps=56, iterations=6, bend_scale=stiff), seam_mm=0.9, arms_from=arms_from(BLOCK)
    )


def _rib_lip(g: Garment) -> Shape:
    return g.hem([("rib_front", "upper"), ("rib_back", "upper")], depth=0.85 * RIB_MM, thickness=2.0, lips=0.9)


def _hems(g: Garment) -> list[Shape]:
    edges = [[("front", "hem")], [("back", "hem")], [("sleeve_l", "hem")], [("sleeve_r", "hem")]]
    return [g.hem(e, depth=HEM_MM) for e in edges]


def _rows(g: Garment) -> list[Shape]:
    out = []
    for name in ("front", "back", "sleeve_l", "sleeve_r"):
        out += [g.row(name, g.inset(name, "hem", inset), **_TWIN) for inset in (HEM_MM - 3.0, HEM_MM + 3.2)]
    out += [g.row(name, g.inset(name, "neck", 2.6), **_FINE) for name in ("front", "back")]
    out += [g.row("front", _pocket_outline(inset, seam=True), layer_mm=0.9, **_FINE) for inset in (3.0, 8.0)]
    edge = _pocket_outline(3.0, seam=True)
    high = np.array([[edge[0, 0], edge[0, 1] - 16], [edge[-1, 0], edge[-1, 1] - 16]])
    out.append(g.row("front", high, layer_mm=0.9, **_FINE))
    return out


POCKET = (34.0, 430.0, 108.0, 122.0)  # left, bottom, width, height on the front piece


def _pocket_outline(inset: float, *, seam: bool = False) -> F64:
    x, y, w, h = POCKET
    corners = [
        (x + w - inset, y + h),
        (x + inset, y + h),
        (x + inset, y + 16 + 0.4 * inset),
        (x + w / 2, y + inset),
        (x + w - inset, y + 16 + 0.4 * inset),
    ]
    if seam:
        return np.array([corners[1], corners[2], corners[3], corners[4], corners[0]])
    return rounded_polygon(corners, [0.5, 0.5, 4.0, 6.0, 4.0])


def _pocket(g: Garment) -> Shape:
    return patch(g, "front", _pocket_outline(0.0), lift=0.8)
