"""The last step: everything that was made, judged and listed in ``product.json``."""

import hashlib
from pathlib import PurePosixPath
from typing import Any, cast

from showroom_assets import manifest as m
from showroom_assets import provenance
from showroom_pipeline.ingest.scan import Scan
from showroom_pipeline.stages.deliver import Delivered

Json = dict[str, Any]


def product(scan: Scan, *results: Any, names: list[str], name: str, recipe: Json, licence: Json) -> Json:
    """
    The manifest's bytes and the summary for the final table.

    Parameters
    ----------
    results, names
        What the earlier steps made, and what each is called here: ``<delivery>`` or a file name.
    name, recipe, licence
        The product's name; name and hash of the recipe; ``text`` and ``attribution`` as declared.

    Returns
    -------
    dict
        ``data``: the bytes of ``product.json``; ``summary``.
    """
    made = dict(zip(names, results, strict=True))
    deliveries: dict[m.DeliveryName, Delivered] = {
        cast(m.DeliveryName, key): item for key, item in made.items() if isinstance(item, Delivered)
    }
    first = deliveries.get("desktop") or next(iter(deliveries.values()))
    low, high = first.bounds_m
    files = {f"{key}.glb": item.data for key, item in deliveries.items()}
    built = m.Product(
        schema=m.SCHEMA,
        id=m.slug(name),
        name=name,
        files=[_file(path, data, "delivery") for path, data in files.items()],
        deliveries={
            key: m.Delivery(
                file=f"{key}.glb",
                triangles=item.triangles,
                gpu_bytes=item.gpu_bytes,
                texture_max_px=item.texture_max_px,
                draw_calls=item.draw_calls,
            )
            for key, item in deliveries.items()
        },
        bounds_m=m.Bounds(min=low, max=high),
        dimensions_m=(high[0] - low[0], high[1] - low[1], high[2] - low[2]),
        provenance=m.Provenance(
            tool=m.Tool(name="showroom", version=recipe["version"]),
            sources=[m.Source(name=s.name, sha256=s.sha256, size_bytes=s.size_bytes) for s in scan.sources],
            recipe=m.Recipe(name=recipe["name"], sha256=recipe["sha256"]),
        ),
        quality=m.Quality(verdict="unproved"),
        licence=provenance.licence(licence["text"] or scan.licence, attribution=licence["attribution"]),
    )
    summary: Json = {
        "triangles_before": scan.scene.triangles if scan.scene is not None else 0,
        "bytes_before": sum(source.size_bytes for source in scan.sources),
        "triangles_after": first.triangles,
        "bytes_after": len(first.data),
        "verdict": built.quality.verdict,
        "reasons": [],
        "deliveries": {key: {"bytes": len(i.data), "triangles": i.triangles} for key, i in deliveries.items()},
    }
    return {"data": m.write_manifest(built), "summary": summary}


def file_of(made: Json) -> bytes:
    data: bytes = made["data"]
    return data


def summary_of(made: Json) -> Json:
    summary: Json = made["summary"]
    return summary


def _file(path: str, data: bytes, role: m.Role) -> m.File:
    kind = m.MEDIA_TYPES.get(PurePosixPath(path).suffix, "application/octet-stream")
    return m.File(path=path, role=role, media_type=kind, sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data))
