"""
The structs of the product manifest, ``product.json``: all a store needs to know without opening a product's files.

What it is: the contract between the pipeline, which writes it, and the library, the server and the browser, which
read it. One definition gives the reader, its limits and the JSON Schema in ``assets/schemas/product.json``.
What it is not: a reader or writer (see ``manifest``), a price list (prices and stock belong to the shop), or a log
(nothing in it depends on when or where it was made: the same product is the same bytes).

Units are in the names. Space is glTF's: metres, right-handed, +Y up, front +Z, quaternions xyzw. Every field is
bounded, unknown fields are refused, and text may not hold control characters, so a manifest is safe to print.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

SCHEMA: Literal["showroom.product/1"] = "showroom.product/1"
MANIFEST_NAME = "product.json"

# ``$(?!\n)`` is the end of the text in Python and in the ECMA dialect that JSON Schema uses; ``\Z`` is not.
_END = r"$(?!\n)"
_COMPONENT = r"(?!\.{1,2}(?:/|$))[^/\\:*?\"<>|\x00-\x1f\x7f]{1,180}"

Slug = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*" + _END,
        max_length=80,
        description="Lower-case letters, digits and single hyphens.",
    ),
]
FilePath = Annotated[
    str,
    Meta(
        pattern=rf"^{_COMPONENT}(?:/{_COMPONENT}){{0,7}}{_END}",
        max_length=400,
        description="Relative to the manifest's folder, with forward slashes; never climbs out of it.",
    ),
]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}" + _END, description="SHA-256, lower-case hexadecimal.")]
_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*" + _END
Line = Annotated[str, Meta(pattern=_LINE, max_length=200, description="One line of text, without control characters.")]
Label = Annotated[
    str, Meta(pattern=_LINE, min_length=1, max_length=200, description="One line of text that is not empty.")
]
Text = Annotated[
    str,
    Meta(
        pattern=r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$",
        max_length=4000,
        description="Text, possibly of several lines.",
    ),
]
Colour = Annotated[str, Meta(pattern="^#[0-9a-f]{6}" + _END, description="sRGB, as #rrggbb.")]
Url = Annotated[
    str,
    Meta(
        description="An http or https address.", pattern=r"^https?://[^\s\x00-\x1f\"<>\\^`{|}]+" + _END, max_length=500
    ),
]
Gtin = Annotated[
    str,
    Meta(
        pattern=r"^(?:[0-9]{8}|[0-9]{12,14})" + _END,
        description="GTIN-8, -12, -13 or -14, digits only; the check digit is checked.",
    ),
]
MediaType = Annotated[
    str, Meta(pattern=r"^[a-z]+/[a-z0-9][a-z0-9.+-]*" + _END, max_length=100, description="Like image/webp.")
]

Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Size = Annotated[int, Meta(ge=0, le=1 << 40, description="Bytes.")]
Pixels = Annotated[int, Meta(ge=0, le=65_536)]
Metres = Annotated[float, Meta(ge=-10_000, le=10_000, description="Metres.")]
Extent = Annotated[float, Meta(ge=0, le=10_000, description="Metres.")]
Millimetres = Annotated[float, Meta(ge=0, le=10_000_000, description="Millimetres.")]
Measure = Annotated[float, Meta(ge=-1_000_000, le=1_000_000, description="Millimetres; a height may be negative.")]
Unit = Annotated[float, Meta(ge=-1.000_001, le=1.000_001)]
Fraction = Annotated[float, Meta(ge=0, le=1.000_001)]

Point = tuple[Metres, Metres, Metres]
Rotation = tuple[Unit, Unit, Unit, Unit]

Role = Literal["delivery", "lod", "webp", "usdz", "poster", "turntable", "report", "texture", "thumbnail", "other"]
DeliveryName = Literal["mobile", "desktop", "headset", "plain", "webp"]
Category = Literal[
    "glasses", "sunglasses", "hat", "earring", "necklace", "headphones", "ring", "watch", "bracelet",
    "top", "jacket", "trousers", "skirt", "dress", "shoe", "bag",
]  # fmt: skip


MeasureName = Literal[
    "height", "chest", "waist", "hip", "neck", "shoulder_width", "arm_length", "back_length", "inseam",
    "foot_length", "foot_width", "wrist_girth", "finger_girth",
    "head_girth", "head_width", "pupillary_distance", "nose_width",
]  # fmt: skip
BodyLength = Annotated[float, Meta(gt=0, le=3000, description="Millimetres on a body or a garment.")]
Ease = Annotated[float, Meta(ge=-500, le=1500, description="Millimetres; negative where the cloth has to stretch.")]


class _Struct(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Immutable, by keyword, strict, and without the fields that say nothing."""


class File(_Struct, frozen=True, kw_only=True):
    """One delivered file. ``report`` files and pictures are listed too: what is not listed is not published."""

    path: FilePath
    role: Role
    media_type: MediaType
    sha256: Sha256
    size_bytes: Size


class SurfaceError(_Struct, frozen=True, kw_only=True):
    """
    Two-way distance between the delivered surface and the raw scan's, millimetres: mean, 99th percentile, largest.
    """

    mean: Millimetres
    p99: Millimetres
    max: Millimetres | None = None


class Level(_Struct, frozen=True, kw_only=True):
    """
    One level of detail. The finest comes first; each next one has fewer triangles and no smaller error.

    ``switch_below``: draw this level once the product's height on screen is under this fraction of the screen's
    height; the first level has none. Levels of one delivery that share a file are told apart by ``node``.
    """

    file: FilePath
    triangles: Count
    error_mm: SurfaceError
    switch_below: Annotated[float, Meta(gt=0, le=16)] | None = None
    node: Line = ""
    size_bytes: Size | None = None


class Delivery(_Struct, frozen=True, kw_only=True):
    """
    The product for one class of device.

    ``gpu_bytes`` is what it takes once decoded: vertices, indices, and textures with their mip chain in the format
    the device samples. ``texture_max_px`` is the longest edge of its largest texture; 0 if it has none. The error
    figures compare pictures of it with pictures of the raw scan: ``psnr`` in dB (99 stands for "no difference"),
    ``ssim`` (1 is best), ``flip`` (0 is best), ``silhouette_iou`` (1 is best). They are left out where they were
    not measured.
    """

    file: FilePath
    triangles: Count
    gpu_bytes: Size
    texture_max_px: Pixels
    draw_calls: Count
    levels: Annotated[list[Level], Meta(max_length=16)] = []
    psnr: Annotated[float, Meta(ge=0, le=99)] | None = None
    ssim: Annotated[float, Meta(ge=-1, le=1.000_001)] | None = None
    flip: Fraction | None = None
    silhouette_iou: Fraction | None = None
    surface_error_mm: SurfaceError | None = None
    validator_errors: Count | None = None


class Bounds(_Struct, frozen=True, kw_only=True):
    """The axis-aligned box around the product as delivered."""

    min: Point
    max: Point


class Variant(_Struct, frozen=True, kw_only=True):
    """
    One entry of KHR_materials_variants, by its name in the file, and the SKUs that are sold under it.

    ``skus`` are all of this colour, one a size, and left out where there is but one; ``sku`` is the one of the size
    that the model shows: by it the colour is wished for, shared and worn. See ``sizing`` for how colour and size meet.
    """

    name: Label
    label: Line = ""
    sku: Line = ""
    skus: Annotated[list[Label], Meta(max_length=200)] = []
    swatch: Colour | None = None


class Anchor(_Struct, frozen=True, kw_only=True):
    """
    A point where the product meets a body or a place: ``nose_bridge``, ``left_temple``, ``finger``, ``wrist``, …

    ``name`` says which one it is, ``kind``, if given, what for; left and right are the wearer's, who looks along +Z.
    ``position_m`` and ``rotation_xyzw`` are in the product's space, or in ``node``'s if one is named; the rotation
    turns +Z to where the anchor points.
    """

    name: Label
    kind: Line = ""
    position_m: Point
    rotation_xyzw: Rotation = (0.0, 0.0, 0.0, 1.0)
    node: Line = ""


class SizeRow(_Struct, frozen=True, kw_only=True):
    """A row of a size chart: its label (``M``, ``42``, ``54-18``), the body it fits, its SKU."""

    label: Label
    measures_mm: Annotated[dict[Label, Measure], Meta(max_length=40)] = {}
    sku: Line = ""


class ChartSize(_Struct, frozen=True, kw_only=True):
    """
    One size of a chart.

    ``body_mm`` are smallest and largest of each measure of the body that it is cut for; ``item_mm`` the item's own
    measures, girths all round (not the width lying flat). ``skus`` are those sold in this size; if no size of a chart
    names any, every SKU is sold in every size.
    """

    label: Label
    body_mm: Annotated[dict[MeasureName, tuple[BodyLength, BodyLength]], Meta(min_length=1, max_length=17)]
    item_mm: Annotated[dict[Label, BodyLength], Meta(max_length=40)] = {}
    skus: Annotated[list[Label], Meta(max_length=200)] = []


class SizeChart(_Struct, frozen=True, kw_only=True):
    """
    Which size fits which body, from small to large. What makes a chart sound is in ``size_charts``.

    ``decides`` are the measures without which no size can be named, the weightiest first. By the rule ``largest`` one
    takes the largest size that any measure calls for (a garment may hang loose, but must not pinch); by ``all`` every
    measure has to lie in the range of the same size (spectacles). ``ease_mm`` is what a regular fit has over the body,
    ``stretch`` the share by which the cloth gives. ``system`` names the standard, for people.

    Measures as in ISO 8559-1: girths level round the fullest part (chest, hip), the natural waist; ``shoulder_width``
    from acromion to acromion, ``arm_length`` from acromion to wrist bone over the bent elbow, ``back_length`` from the
    nape to the waist; ``foot_length`` from heel to the longest toe, standing; ``head_width`` across the temples where
    spectacles touch, ``nose_width`` where the bridge rests (ISO 8624 has the frame's own measures, the boxing system).

    Source: EN 13402-1 to -3 (designation and ranges of garments), ISO 8559-1, ISO 8624, ISO 8653 (rings by inner
    circumference), ISO 9407 (Mondopoint).
    """

    sizes: Annotated[list[ChartSize], Meta(min_length=1, max_length=100)]
    decides: Annotated[list[MeasureName], Meta(min_length=1, max_length=17)]
    rule: Literal["largest", "all"] = "largest"
    system: Line = ""
    ease_mm: Annotated[dict[MeasureName, tuple[Ease, Ease]], Meta(max_length=17)] = {}
    stretch: Annotated[float, Meta(ge=0, le=1)] = 0.0


class Wearable(_Struct, frozen=True, kw_only=True):
    """
    What try-on needs: real measures in millimetres, sizes, and for garments the rig.

    ``size`` is the one that the model has. ``ranges_mm`` are smallest and largest of what it fits. ``rig`` says how
    the skin's joints are named, ``rest_pose`` how the arms are held at rest; ``bones`` are those it uses (VRM 1.0
    humanoid bone names, such as ``leftUpperArm``).
    """

    category: Category
    measures_mm: Annotated[dict[Label, Measure], Meta(max_length=40)] = {}
    ranges_mm: Annotated[dict[Label, tuple[Measure, Measure]], Meta(max_length=40)] = {}
    size: Line = ""
    sizes: Annotated[list[SizeRow], Meta(max_length=100)] = []
    rig: Literal["vrm1"] | None = None
    rest_pose: Literal["A", "T"] | None = None
    bones: Annotated[list[Label], Meta(max_length=100)] = []


class Placement(_Struct, frozen=True, kw_only=True):
    """Where the product stands or hangs in a room, and the free space it wants around it, metres."""

    surface: Literal["floor", "wall", "table", "ceiling"]
    clearance_m: Extent = 0.0


class Part(_Struct, frozen=True, kw_only=True):
    """A piece of the exploded view: which node moves, and how far, metres."""

    name: Label
    node: Label
    offset_m: Point
    label: Line = ""


class HotSpot(_Struct, frozen=True, kw_only=True):
    """A spot on the surface with something to say; ``normal`` points away from the surface."""

    name: Label
    label: Label
    position_m: Point
    normal: tuple[Unit, Unit, Unit] = (0.0, 1.0, 0.0)
    text: Text = ""


class Licence(_Struct, frozen=True, kw_only=True):
    """Under which terms the product's model may be used. ``spdx`` if there is an identifier, else ``name``."""

    spdx: Line = ""
    name: Line = ""
    attribution: Line = ""
    url: Url | None = None


class Source(_Struct, frozen=True, kw_only=True):
    """One file the product was made from; ``name`` is relative to the input, never a path on somebody's disk."""

    name: FilePath
    sha256: Sha256
    size_bytes: Size


class Tool(_Struct, frozen=True, kw_only=True):
    name: Label
    version: Label


class Recipe(_Struct, frozen=True, kw_only=True):
    """The recipe and the hash of all its settings."""

    name: Label
    sha256: Sha256


class Step(_Struct, frozen=True, kw_only=True):
    """One step that ran, and what it did, in words a merchant understands."""

    name: Label
    notes: Annotated[list[Line], Meta(max_length=100)] = []


class Provenance(_Struct, frozen=True, kw_only=True):
    """From what, with what and how the product was made. No dates and no machine names."""

    tool: Tool
    sources: Annotated[list[Source], Meta(max_length=10_000)] = []
    recipe: Recipe | None = None
    steps: Annotated[list[Step], Meta(max_length=100)] = []
    notes: Annotated[list[Line], Meta(max_length=200)] = []


class Quality(_Struct, frozen=True, kw_only=True):
    """
    The verdict of the visual proof. ``unproved`` means that nobody measured (a first look). A refused product is
    published only if ``forced``; ``reasons`` say why it was refused.
    """

    verdict: Literal["passed", "refused", "unproved"]
    forced: bool = False
    reasons: Annotated[list[Line], Meta(max_length=100)] = []


class Product(_Struct, frozen=True, kw_only=True):
    """
    A product, whole. ``dimensions_m`` are width (x), height (y) and depth (z) of ``bounds_m``.

    ``skus`` are all stock-keeping units sold under this product; those of variants, sizes and the size chart are among
    them.
    """

    schema: Literal["showroom.product/1"]
    id: Slug
    name: Label
    files: Annotated[list[File], Meta(min_length=1, max_length=1000)]
    deliveries: Annotated[dict[DeliveryName, Delivery], Meta(min_length=1)]
    bounds_m: Bounds
    dimensions_m: tuple[Extent, Extent, Extent]
    provenance: Provenance
    quality: Quality
    description: Text = ""
    brand: Line = ""
    gtin: Gtin | None = None
    category: Line = ""
    skus: Annotated[list[Label], Meta(max_length=1000)] = []
    variants: Annotated[list[Variant], Meta(max_length=200)] = []
    licence: Licence | None = None
    placement: Placement | None = None
    wearable: Wearable | None = None
    size_chart: SizeChart | None = None
    anchors: Annotated[list[Anchor], Meta(max_length=200)] = []
    parts: Annotated[list[Part], Meta(max_length=500)] = []
    hot_spots: Annotated[list[HotSpot], Meta(max_length=200)] = []
    tags: Annotated[list[Label], Meta(max_length=100)] = []
