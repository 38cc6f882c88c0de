"""
Which steps make a product, in what order, with what numbers.

Two graphs: ``intake`` reads the input and finds out what it is; ``product`` begins with the same steps and goes on to
the files. All numbers come from ``presets/*.toml`` and the options. Importing this module loads no numpy: the same
graphs are built to find out that nothing has changed.
"""

from dataclasses import dataclass

from showroom_pipeline import presets
from showroom_pipeline.graph import INPUT, Graph, Json, Step, digest
from showroom_pipeline.options import Options

FACTS = "facts"
SUMMARY = "summary"
_STAGES = "showroom_pipeline.stages."
_FALLBACK = "webp"


def intake(options: Options) -> Graph:
    """Reading, mending and placing, and the facts that ``product`` is chosen by."""
    tolerance = presets.load("product")["dimension_tolerance"]
    return Graph(
        steps=(
            Step(name="read", call=_STAGES + "read:read", geometry=True),
            Step(
                name="reconstruct",
                call=_STAGES + "read:reconstruct",
                inputs=(INPUT, "read"),
                params={"object": options.object, "max_depth_m": options.max_depth_m},
                geometry=True,
            ),
            Step(name="clean", call=_STAGES + "prepare:clean", inputs=("read", "reconstruct"), geometry=True),
            Step(
                name="normalise",
                call=_STAGES + "prepare:normalise",
                inputs=("read", "clean"),
                params={
                    "unit": options.unit,
                    "dimensions_m": list(options.dimensions_m) if options.dimensions_m else None,
                    "up": options.up,
                    "front": options.front,
                    "tolerance": tolerance if options.dimension_tolerance is None else options.dimension_tolerance,
                },
                geometry=True,
            ),
            Step(name=FACTS, call=_STAGES + "prepare:facts", inputs=("read", "normalise")),
        )
    )


def product(options: Options, facts: Json, *, name: str) -> Graph:
    """
    The whole graph for an input of which ``facts`` are known.

    Its steps that write are the product's files; the step ``SUMMARY`` gives the row for the final table.
    """
    plan = _Plan(options, facts)
    if options.variants is not None:
        plan.recolour()
    for delivery in options.deliveries:
        plan.deliver(delivery)
    if any(plan.style(d) == "meshopt+ktx2" for d in options.deliveries):
        plan.deliver(_FALLBACK)
    plan.pictures()
    plan.prove(name)
    plan.finish(name)
    return Graph(steps=tuple(plan.steps))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A delivery in the making: its step, the steps of its levels from near to far, and the files of those."""

    step: str
    levels: tuple[str, ...]
    files: tuple[str, ...]
    chain: str


class _Plan:
    """The graph as it grows. A step that two deliveries share is there once."""

    def __init__(self, options: Options, facts: Json) -> None:
        self.options = options
        self.facts = facts
        self.preset = presets.load("product")
        self.steps: list[Step] = list(intake(options).steps)
        self.made: dict[str, _Made] = {}
        self.others: list[str] = []
        self.base = "normalise"
        self._add(Step(name="declared", call=_STAGES + "declared:facts", weight=0.0))
        self._add(Step(name="sizes", call=_STAGES + "declared:sizes", weight=0.0))
        self._add(
            Step(
                name="reference",
                call=_STAGES + "prepare:reference",
                inputs=("reconstruct", "normalise"),
                cached=False,
                geometry=True,
                weight=0.1,
            )
        )

    def recolour(self) -> None:
        """Variants are added before the levels, so that every level has them."""
        params = {"variants": self.options.variants}
        call = _STAGES + "declared:recolour"
        self._add(Step(name="variants", call=call, inputs=("normalise",), params=params))
        self.base = "variants"

    def style(self, delivery: str) -> str:
        """How a delivery is packed: its preset's way, but for what the options say."""
        own: str = self._preset_of(delivery)["style"]
        if own == "plain":
            return own
        if delivery == _FALLBACK or self.options.fast or self.options.textures == "webp":
            return "meshopt+webp"
        return own

    def deliver(self, delivery: str) -> None:
        """The steps of one delivery: its levels and its files."""
        targets = self._targets(delivery)
        sizes = self._atlases(delivery)
        if self.options.max_bytes is not None and not self.options.fast:
            near_level, near = self._within(delivery, targets[0])
        else:
            exact = self.options.target_triangles is not None
            near_level = self._level(targets[0], texture_px=sizes[0], normal_map=True, exact=exact)
            near = self._pack(delivery, near_level, px=None)
        behind = (self._level(t, texture_px=px, normal_map=False) for t, px in zip(targets[1:], sizes[1:], strict=True))
        levels = (near_level, *behind)
        files = [f"{delivery}.glb"]
        self._write(files[0], near)
        if self.style(delivery) == "plain":
            levels = levels[:1]  # a single file for viewers that know of no levels
        for kind, level in zip(("middle", "far"), levels[1:], strict=False):
            px = self.preset["levels"][f"{kind}_texture_px"]
            file = f"{kind}-webp.glb" if delivery == _FALLBACK else f"{kind}.glb"
            self._write(file, self._pack(delivery, level, px=px, shared=True))
            files.append(file)
        chain = f"levels of {' '.join(levels)}"
        self._add(
            Step(
                name=chain,
                call=_STAGES + "levels:chain",
                inputs=levels,
                params={"diagonal_m": self.facts["diagonal_m"]},
                geometry=True,
                weight=0.1,
            )
        )
        self.made[delivery] = _Made(step=near, levels=levels, files=tuple(files), chain=chain)

    def pictures(self) -> None:
        """Poster, turntable and USDZ."""
        sizes, fast = self.preset["pictures"], self.options.fast
        best = self.made[self._best()].levels[0]
        poster_px = self.preset["fast"]["poster_px"] if fast else sizes["poster_px"]
        self._show("poster.webp", "poster", best, {"size": poster_px, "quality": sizes["poster_quality"]})
        if fast:
            return
        turned = {
            "frames": sizes["turntable_frames"],
            "size": sizes["turntable_px"],
            "max_bytes": sizes["turntable_max_bytes"],
        }
        self._show("*", "turntable", best, turned)
        # Quick Look is a phone at arm's length: the headset's level is within its means, the desktop's may not be.
        level = self.made["headset"].levels[0] if "headset" in self.made else best
        self._show("product.usdz", "usdz", level, {"texture_px": self.preset["usdz"]["texture_px"]})

    def prove(self, name: str) -> None:
        """The report, and what the manifest says of the quality."""
        proof, fast = self.preset["fast" if self.options.fast else "proof"], self.options.fast
        proven = [self._best()] if fast else list(self.made)
        params = {
            "deliveries": {d: list(self.made[d].files) for d in proven},
            "name": name,
            "views": proof["views"],
            "picture_px": proof["picture_px"],
            "validate": not fast,
            "facts": {"Licence": self.options.licence} if self.options.licence else {},
        }
        inputs = ["read", "clean", "normalise", "reference", "show poster"]
        inputs += [*(self.made[d].chain for d in proven), *(self.made[d].step for d in proven)]
        self._add(Step(name="prove", call=_STAGES + "prove:prove", inputs=tuple(inputs), params=params, weight=10.0))
        self._add(_handed_on("*", "prove", _STAGES + "prove:files_of"))
        self._add(Step(name="verdict", call=_STAGES + "prove:verdict_of", inputs=("prove",), weight=0.0))

    def finish(self, name: str) -> None:
        """The manifest, and the summary for the table."""
        deliveries = list(self.made)
        options = self.options
        written = [step for step in self.steps if step.writes]
        params = {
            "name": name,
            "deliveries": {d: list(self.made[d].files) for d in deliveries},
            "files": [step.writes for step in written],
            "recipe": {
                "name": "product" if self.facts["authored"] else "scan",
                "version": _version(),
                "sha256": digest([[step.name, step.params] for step in self.steps]),
            },
            "licence": {"text": options.licence, "attribution": options.attribution},
            "best": self._best(),
            "variants": options.variants,
            "chart": options.sizes,
            "fast": options.fast,
            "forced": options.is_order,
        }
        inputs = ["read", "clean", self.base, "declared", "sizes", "verdict", *(self.made[d].chain for d in deliveries)]
        inputs += [*(step.name for step in written), *(self.made[d].step for d in deliveries)]
        self._add(
            Step(name="product", call=_STAGES + "manifest:product", inputs=tuple(inputs), params=params, weight=0.1)
        )
        self._add(_handed_on("product.json", "product", _STAGES + "manifest:file_of"))
        self._add(Step(name=SUMMARY, call=_STAGES + "manifest:summary_of", inputs=("product",), weight=0.0))

    def _best(self) -> str:
        """The delivery that stands for the product in pictures and in the table."""
        return next((d for d in ("desktop", "headset", "mobile", "plain") if d in self.made), next(iter(self.made)))

    def _preset_of(self, delivery: str) -> Json:
        return presets.load("mobile" if delivery == _FALLBACK else delivery)

    def _targets(self, delivery: str) -> tuple[int, int, int]:
        """
        Triangles of the near, middle and far level. Middle and far follow from the scan, not from the device, so that
        all deliveries share them.
        """
        levels, triangles = self.preset["levels"], self.facts["triangles"]
        asked = self.options.target_triangles
        near = min(asked or self._preset_of(delivery)["triangles"], triangles)
        base = min(asked or presets.load("mobile")["triangles"], triangles)
        middle = max(4, min(levels["middle_triangles"], int(base * levels["middle_share"])))
        far = max(4, min(levels["far_triangles"], int(base * levels["far_share"])))
        return near, middle, far

    def _atlases(self, delivery: str) -> tuple[int, int, int]:
        levels = self.preset["levels"]
        return self._preset_of(delivery)["texture_px"]["color"], levels["middle_texture_px"], levels["far_texture_px"]

    def _level(self, target: int, *, texture_px: int, normal_map: bool, exact: bool = False) -> str:
        """The step that makes a level of ``target`` triangles; ``exact`` if the merchant named the number."""
        if target >= self.facts["triangles"]:
            texture_px, normal_map = 0, False  # nothing is baked, so all deliveries share it
        has_look = self.facts["authored"] or self.options.variants is not None
        how = "keep" if has_look else "quick" if self.options.fast else "best"
        name = f"level {target} {texture_px}"
        self._add(
            Step(
                name=name,
                call=_STAGES + "levels:level",
                inputs=(self.base, "reference"),
                params={
                    "target": target,
                    "texture_px": texture_px,
                    "normal_map": normal_map,
                    "how": how,
                    "measured": not self.options.fast,
                    "views": self.preset["levels"]["choice_views"],
                    "exact": exact,
                },
                geometry=True,
                weight=6.0,
            )
        )
        return name

    def _within(self, delivery: str, target: int) -> tuple[str, str]:
        """The steps of a near level and of its file, where the file must fit into so many bytes."""
        preset = self._preset_of(delivery)
        params = {
            "style": self.style(delivery),
            "options": {"max_size": preset["texture_px"]["color"]},
            "position_error_mm": preset["error_mm"]["position"],
            "max_bytes": self.options.max_bytes,
            "target": target,
            "exact": self.options.target_triangles is not None,
            "views": self.preset["levels"]["choice_views"],
        }
        name = f"within {digest(params)[:8]}"
        call = _STAGES + "within:"
        inputs = (self.base, "reference")
        self._add(Step(name=name, call=call + "fit", inputs=inputs, params=params, weight=12.0))
        self._add(Step(name=f"level {name}", call=call + "level_of", inputs=(name,), cached=False, weight=0.0))
        self._add(Step(name=f"file {name}", call=call + "delivered_of", inputs=(name,), cached=False, weight=0.0))
        return f"level {name}", f"file {name}"

    def _pack(self, delivery: str, level: str, *, px: int | None, shared: bool = False) -> str:
        """The step that packs a level; ``shared`` ones are packed alike for all devices."""
        preset = presets.load("mobile") if shared else self._preset_of(delivery)
        source_px = self.facts["texture_px"]
        sizes = {role: min(px or size, size) for role, size in preset["texture_px"].items()}
        if level.endswith(" 0") and source_px:  # not baked: a size above the scan's own says nothing
            sizes = {role: min(size, source_px) for role, size in sizes.items()}
        textures = {
            "max_size": sizes["color"],
            "normal_scale": max(1, sizes["color"] // sizes["normal"]),
            "data_scale": max(1, sizes["color"] // sizes["data"]),
            **preset.get("textures", {}),
        }
        style, packing = self.style(delivery), {"position_error_mm": preset["error_mm"]["position"]}
        weight = 1.0 if shared else 6.0
        call = _STAGES + "deliver:"
        if self.options.max_bytes is not None and not shared:  # a first look, or a product with a look of its own
            params = {"style": style, "options": textures, "max_bytes": self.options.max_bytes, **packing}
            name = f"fit {level} {digest(params)[:8]}"
            self._add(Step(name=name, call=call + "fit", inputs=(level,), params=params, weight=weight))
            return name
        params = {"style": style, "options": textures}
        dressed = f"textures {level} {digest(params)[:8]}"
        self._add(Step(name=dressed, call=call + "textures", inputs=(level,), params=params, weight=weight))
        params = {"style": style, **packing}
        name = f"pack {dressed} {digest(params)[:8]}"
        self._add(Step(name=name, call=call + "deliver", inputs=(dressed,), params=params))
        return name

    def _show(self, file: str, what: str, level: str, params: Json) -> None:
        call = f"{_STAGES}show:{what}"
        self._add(Step(name=f"show {what}", call=call, inputs=(level,), params=params, writes=file, weight=2.0))

    def _write(self, file: str, step: str) -> None:
        self._add(_handed_on(file, step, _STAGES + "deliver:file_of"))

    def _add(self, step: Step) -> None:
        if step not in self.steps:
            self.steps.append(step)


def _handed_on(file: str, of: str, call: str) -> Step:
    """The step that hands a made file on to the product's folder."""
    return Step(
        name=f"file {file}" if file != "*" else f"files {of}",
        call=call,
        inputs=(of,),
        writes=file,
        cached=False,
        weight=0.0,
    )


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("showroom")
    except PackageNotFoundError:
        return "0.0.0"
