"""The last step: everything that was made, judged and listed in ``product.json``."""

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import msgspec

from showroom_assets import manifest as m
from showroom_assets import provenance
from showroom_assets.facts import all_skus, read_facts
from showroom_assets.size_charts import read_size_chart
from showroom_assets.variants import Recolour
from showroom_pipeline.ingest.scan import Scan
from showroom_pipeline.stages.declared import bound
from showroom_pipeline.stages.deliver import Delivered
from showroom_pipeline.stages.levels import listed
from showroom_pipeline.stages.prepare import Clean
from showroom_pipeline.steps.normalise import Normalised

Json = dict[str, Any]


def product(
    scan: Scan,
    cleaned: Clean,
    normalised: Normalised,
    declared: bytes,
    sizes: bytes,
    proof: Json,
    *results: Any,
    name: str,
    deliveries: dict[m.DeliveryName, list[str]],
    files: list[str],
    recipe: Json,
    licence: Json,
    best: m.DeliveryName,
    variants: Json | None,
    chart: str | None,
    fast: bool,
    forced: bool,
) -> Json:
    """
    The manifest's bytes and the summary for the final table.

    Parameters
    ----------
    declared
        The ``product.toml`` beside the scan, or nothing.
    sizes
        The ``sizes.toml`` beside the scan, or nothing; its chart goes before one that the facts hold.
    proof
        The figures of each delivery, and what falls short of the quality bar.
    results
        The chain of each delivery, the bytes of each file, and each delivery as packed, in the order of
        ``deliveries`` and ``files``.
    name, recipe, licence
        The product's name; name, version and hash of the recipe; ``text`` and ``attribution`` as declared.
    deliveries
        The files of each delivery's levels, near to far.
    best
        The delivery that the table shows.
    variants
        The variants file, whose entries are bound to SKUs.
    chart
        The text of a size chart that was named, which goes before all others.
    fast
        A first look: what was measured is not enough for a verdict.
    forced
        Publish it even if refused.

    Returns
    -------
    dict
        ``data``: the bytes of ``product.json``; ``summary``.
    """
    count = len(deliveries)
    chains = dict(zip(deliveries, results[:count], strict=True))
    contents: dict[str, bytes] = {}
    for path, data in zip(files, results[count : count + len(files)], strict=True):
        contents |= data if path == "*" else {path: data}
    packed: dict[m.DeliveryName, Delivered] = dict(zip(deliveries, results[count + len(files) :], strict=True))
    fields, notes = read_facts(declared) if declared else ({}, [])
    if chart is not None or sizes:
        fields["size_chart"] = read_size_chart(sizes if chart is None else chart.encode())
        fields["skus"] = all_skus(fields)
    low, high = ((float(x), float(y), float(z)) for x, y, z in normalised.bounds_m)
    built = m.Product(
        schema=m.SCHEMA,
        id=m.slug(name),
        name=name,
        files=[_file(path, data, deliveries) for path, data in contents.items()],
        deliveries={
            key: _delivery(packed[key], chains[key], paths, contents, proof["figures"].get(key))
            for key, paths in deliveries.items()
        },
        bounds_m=m.Bounds(min=low, max=high),
        dimensions_m=(high[0] - low[0], high[1] - low[1], high[2] - low[2]),
        provenance=m.Provenance(
            tool=m.Tool(name="showroom", version=recipe["version"]),
            sources=[m.Source(name=s.name, sha256=s.sha256, size_bytes=s.size_bytes) for s in scan.sources],
            recipe=m.Recipe(name=recipe["name"], sha256=recipe["sha256"]),
            steps=[
                m.Step(name="read", notes=_lines((*scan.notes, *notes))),
                m.Step(name="clean", notes=_lines(cleaned.notes)),
                m.Step(name="normalise", notes=_lines(normalised.notes)),
                m.Step(name="prove", notes=_lines(tuple(proof["notes"]))),
            ],
        ),
        quality=_quality(proof["reasons"], fast=fast, forced=forced),
        licence=provenance.licence(licence["text"] or scan.licence, attribution=licence["attribution"]),
    )
    built = msgspec.structs.replace(built, **_shop_fields(fields, normalised.scene.variants, bound(variants)))
    summary: Json = {
        "triangles_before": scan.scene.triangles if scan.scene is not None else 0,
        "bytes_before": sum(source.size_bytes for source in scan.sources),
        "triangles_after": packed[best].triangles,
        "bytes_after": len(packed[best].data),
        "verdict": built.quality.verdict,
        "reasons": list(built.quality.reasons),
        "deliveries": {key: {"bytes": len(i.data), "triangles": i.triangles} for key, i in packed.items()},
    }
    return {"data": m.write_manifest(built), "summary": summary}


def _shop_fields(fields: Json, names: tuple[str, ...], recolours: tuple[Recolour, ...]) -> Json:
    """
    What the shop knows: the facts as declared; and every variant in the files, with the SKU that a variants file or the
    facts bind it to.
    """
    known: dict[str, m.Variant] = {variant.name: variant for variant in fields.get("variants", ())}
    for entry in recolours:
        sized = known[entry.name].skus if entry.name in known else []
        known[entry.name] = m.Variant(
            name=entry.name, label=entry.label, sku=entry.sku, skus=sized, swatch=entry.swatch()
        )
    variants = [known.get(name) or m.Variant(name=name) for name in dict.fromkeys(names) if name]
    skus = dict.fromkeys([*fields.get("skus", ()), *(variant.sku for variant in variants if variant.sku)])
    return {**fields, "variants": variants, "skus": list(skus)}


def file_of(made: Json) -> bytes:
    data: bytes = made["data"]
    return data


def summary_of(made: Json) -> Json:
    summary: Json = made["summary"]
    return summary


def _quality(reasons: list[str], *, fast: bool, forced: bool) -> m.Quality:
    if fast:
        return m.Quality(verdict="unproved")
    if not reasons:
        return m.Quality(verdict="passed")
    return m.Quality(verdict="refused", forced=forced, reasons=_lines(tuple(reasons)))


def _delivery(
    item: Delivered, chain: list[Json], paths: list[str], contents: Mapping[str, bytes], figures: Json | None
) -> m.Delivery:
    levels = [
        m.Level(
            file=path,
            triangles=step["triangles"],
            error_mm=m.SurfaceError(**step["error_mm"]),
            switch_below=step["switch_below"],
            size_bytes=len(contents[path]),
        )
        for path, step in listed(paths, chain)
    ]
    return m.Delivery(
        file=paths[0],
        triangles=item.triangles,
        gpu_bytes=item.gpu_bytes,
        texture_max_px=item.texture_max_px,
        draw_calls=item.draw_calls,
        levels=levels,
        **_measured(figures),
    )


def _measured(figures: Json | None) -> Json:
    """What the proof measured, as the manifest's fields."""
    if figures is None:
        return {}
    error = {key: figures["surface_error_mm"][key] for key in ("mean", "p99", "max")}
    names = ("psnr", "ssim", "flip", "silhouette_iou", "validator_errors")
    return {**{key: figures[key] for key in names}, "surface_error_mm": m.SurfaceError(**error)}


def _file(path: str, data: bytes, deliveries: Mapping[Any, list[str]]) -> m.File:
    kind = m.MEDIA_TYPES.get(PurePosixPath(path).suffix, "application/octet-stream")
    return m.File(
        path=path,
        role=_role(path, deliveries),
        media_type=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
    )


def _role(path: str, deliveries: Mapping[Any, list[str]]) -> m.Role:
    if path.endswith(".glb"):
        if path == "webp.glb":
            return "webp"
        return "delivery" if any(path == paths[0] for paths in deliveries.values()) else "lod"
    starts: tuple[m.Role, ...] = ("poster", "turntable", "report")
    for start in starts:
        if path.startswith(start):
            return start
    return "usdz" if path.endswith(".usdz") else "other"


def _lines(notes: tuple[str, ...]) -> list[str]:
    """Notes as the manifest holds them: printable, one line, not too long."""
    return ["".join(c if c.isprintable() else " " for c in note)[:200] for note in notes[:100]]
