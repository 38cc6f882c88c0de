"""
What a merchant asks of a conversion, as the API takes it, and as the pipeline wants it.

The facts of a product (name, SKUs, sizes …) have the manifest's own keys (``showroom_assets.facts``). They are checked
when they come, so that a wrong one is an answer and not a conversion that fails an hour later.
"""

import json
import math
import re
from pathlib import PurePath
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from showroom.jobs.errors import WrongUpload
from showroom_assets.errors import ShowroomError
from showroom_assets.facts import read_facts
from showroom_assets.manifest import slug
from showroom_assets.product import Label, Line, Slug
from showroom_pipeline.options import DELIVERIES, Options
from showroom_pipeline.steps.dimensions import parse_dimensions

Direction = Literal["+X", "-X", "+Y", "-Y", "+Z", "-Z"]
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_DEEPEST: Final = 6


class ConversionOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """
    Parameters
    ----------
    product
        Its id on the shelf; by default made of the name. An id that is there already gets a new version.
    preset
        ``fast`` is a first look.
    deliveries
        For which devices.
    target_triangles, max_bytes
        Of every delivery.
    unit, up, front
        What the scan does not say itself.
    dimensions
        The product's real size, like ``30x20x12cm``.
    dimension_tolerance
        Share by which the mesh may be off ``dimensions``.
    object, max_depth_m
        Of an RGB-D capture: which object to keep, and how far to look.
    textures
        Codec of the packed deliveries.
    licence, attribution
        For the manifest.
    facts
        As in a ``product.toml``: name, description, brand, gtin, category, skus, tags, wearable, variants, …
    """

    product: Slug | None = None
    preset: Literal["full", "fast"] = "full"
    deliveries: Annotated[
        tuple[Literal["mobile", "desktop", "headset", "plain"], ...], Meta(min_length=1, max_length=4)
    ] = DELIVERIES  # type: ignore[assignment]  # the same four names
    target_triangles: Annotated[int, Meta(ge=4, le=100_000_000)] | None = None
    max_bytes: Annotated[int, Meta(ge=1000, le=1 << 40)] | None = None
    unit: Literal["mm", "cm", "m", "in", "ft"] | None = None
    dimensions: Annotated[str, Meta(max_length=200)] = ""
    dimension_tolerance: Annotated[float, Meta(ge=0, le=1)] | None = None
    up: Direction | None = None
    front: Direction | None = None
    object: Label | None = None
    max_depth_m: Annotated[float, Meta(ge=0.01, le=100)] | None = None
    textures: Literal["ktx2", "webp"] | None = None
    licence: Line = ""
    attribution: Line = ""
    facts: Annotated[dict[str, Any], Meta(max_length=50)] = {}


def check(options: ConversionOptions) -> None:
    """
    Nothing, if the pipeline can work with them.

    Raises
    ------
    WrongUpload
        The dimensions or the facts cannot be; the sentence names what.
    """
    try:
        if options.dimensions:
            parse_dimensions(options.dimensions)
        _, left = read_facts(facts_toml(options.facts), name="facts")
    except ShowroomError as exc:
        raise WrongUpload(exc.message, **exc.fields) from exc
    unknown = [note for note in left if note.startswith("facts: ")]
    if unknown:
        raise WrongUpload(f"{unknown[0]} Leave it out.", facts=unknown[:20])


def product_id(options: ConversionOptions, file_name: str) -> str:
    """The id that the product will have: as asked, or made of its name, or of the file's."""
    if options.product is not None:
        return options.product
    name = options.facts.get("name")
    return slug(name if isinstance(name, str) and name else PurePath(file_name.replace("\\", "/")).stem)


def pipeline_options(options: ConversionOptions) -> Options:
    """
    The same for the pipeline.

    A product under the quality bar is made all the same (``force``): its merchant sees the report of the draft, and
    publishing is where the bar holds.
    """
    return Options(
        fast=options.preset == "fast",
        deliveries=tuple(name for name in DELIVERIES if name in options.deliveries),
        target_triangles=options.target_triangles,
        max_bytes=options.max_bytes,
        unit=options.unit,
        dimensions_m=parse_dimensions(options.dimensions) if options.dimensions else None,
        up=options.up,
        front=options.front,
        dimension_tolerance=options.dimension_tolerance,
        object=options.object,
        max_depth_m=options.max_depth_m,
        textures=options.textures,
        licence=options.licence,
        attribution=options.attribution,
        force=True,
    )


def to_json(options: ConversionOptions) -> str:
    """Equal options give equal text."""
    return msgspec.json.encode(options, order="sorted").decode()


def from_json(text: str) -> ConversionOptions:
    """What ``to_json`` wrote."""
    return msgspec.json.decode(text, type=ConversionOptions)


def facts_toml(facts: dict[str, Any], *, model: str = "") -> bytes:
    """
    The facts as a ``product.toml``; with ``model`` it says which file beside it is meant.

    Raises
    ------
    WrongUpload
        Nested too deeply, or with a value that TOML does not have (null, NaN).
    """
    lines = [f"model = {_text(model)}"] if model else []
    lines += [f"{_key(key)} = {_value(value, 1)}" for key, value in facts.items() if not (model and key == "model")]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _value(value: Any, depth: int) -> str:
    if depth > _DEEPEST:
        raise WrongUpload("The facts are nested too deeply. Write them as in a product.toml.")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(each, depth + 1) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(each, depth + 1)}" for key, each in value.items()) + "}"
    raise WrongUpload("The facts hold an empty value (null). Leave that key out.")


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _text(key)


def _text(text: str) -> str:
    """A TOML basic string: JSON's, but for DEL; lone surrogates cannot be written and become question marks."""
    plain = text.encode("utf-8", "replace").decode()
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")
