"""``showroom inspect``: what is in a model, a scan or a product."""

import stat
from pathlib import Path
from typing import Any

import click

from .output import format_option, human_bytes, print_json, print_table

_MAX_MODEL_BYTES = 2 << 30
_GLB = b"glTF"


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@format_option
def inspect(path: Path, output_format: str) -> None:
    """
    Show what is in a file: triangles, size in metres, textures, memory, extensions.

    Use it before converting, to see what a scanner or an artist delivered, and after, to see what a phone has to load.
    FILE is a GLB, any scan that `showroom convert` reads, or a finished product's folder.

    \b
    Example:
      showroom inspect chair.glb
      showroom inspect scans/shoe.obj --format json
    """
    found = _describe(path)
    if output_format == "json":
        print_json(found)
        return
    lists = {
        key: value for key, value in found.items() if isinstance(value, list) and value and isinstance(value[0], dict)
    }
    rows = [(key.replace("_", " "), _text(key, value)) for key, value in found.items() if key not in lists]
    print_table(["", ""], [row for row in rows if row[1]], title=str(path))
    for key, items in lists.items():
        columns = list(items[0])
        print_table(
            [(">" if isinstance(items[0][column], int) else "") + column.replace("_", " ") for column in columns],
            [[_text(column, item.get(column)) for column in columns] for item in items],
            title=key,
        )


def read_model(path: Path) -> bytes:
    """
    The bytes of a GLB.

    Raises
    ------
    MissingFile, UnsupportedFormat, LimitExceeded
        Not there, not a GLB, or larger than one may be.
    """
    from showroom_assets.errors import LimitExceeded, MissingFile, UnsupportedFormat

    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UnsupportedFormat(f"{path} is not a file. Name a GLB file.")
        size_bytes = found.st_size
        if size_bytes > _MAX_MODEL_BYTES:
            raise LimitExceeded(f"{path} has {size_bytes:,} bytes; a GLB may have {_MAX_MODEL_BYTES:,}. Split it.")
        data = path.read_bytes()
    except OSError as exc:
        raise MissingFile(f"{path} cannot be read ({exc.strerror}). Check the name.") from exc
    if not data.startswith(_GLB):
        raise UnsupportedFormat(f"{path} is not a GLB file. Make one with `showroom convert {path} -o out`.")
    return data


def _describe(path: Path) -> dict[str, Any]:
    if (path / "product.json").exists():
        return _product(path)
    if path.is_file():
        with path.open("rb") as file:
            is_glb = file.read(4) == _GLB
        if is_glb:
            from showroom_pipeline.describe import describe

            return {"format": "GLB", **describe(read_model(path))}
    return _scan(path)


def _product(folder: Path) -> dict[str, Any]:
    from showroom_assets.manifest import load

    product = load(folder)
    sizes = {file.path: file.size_bytes for file in product.files}
    return {
        "format": "product",
        "id": product.id,
        "name": product.name,
        "size_m": list(product.dimensions_m),
        "verdict": product.quality.verdict,
        "variants": [variant.name for variant in product.variants],
        "licence": (product.licence.spdx or product.licence.name) if product.licence else "",
        "bytes": sum(sizes.values()),
        "deliveries": [
            {
                "name": name,
                "file": delivery.file,
                "bytes": sizes.get(delivery.file, 0),
                "triangles": delivery.triangles,
                "gpu_bytes": delivery.gpu_bytes,
                "levels": len(delivery.levels),
            }
            for name, delivery in sorted(product.deliveries.items())
        ],
        "files": [{"path": file.path, "role": file.role, "bytes": file.size_bytes} for file in product.files],
    }


def _scan(path: Path) -> dict[str, Any]:
    import numpy as np

    from showroom_assets.scene import world_matrices
    from showroom_pipeline.ingest import read

    scan = read(path)
    out: dict[str, Any] = {
        "format": scan.kind,
        "name": scan.name,
        "bytes": sum(source.size_bytes for source in scan.sources),
        "metres_per_unit": scan.metres_per_unit,
    }
    scene = scan.scene
    if scene is not None:
        low, high = np.full(3, np.inf), np.full(3, -np.inf)
        points = 0
        for index, matrix in world_matrices(scene).items():
            mesh = scene.nodes[index].mesh
            for primitive in scene.meshes[mesh].primitives if mesh is not None else ():
                placed = primitive.positions @ matrix[:3, :3].T + matrix[:3, 3]
                low, high = np.minimum(low, placed.min(axis=0)), np.maximum(high, placed.max(axis=0))
                points += len(placed)
        size = [round(float(extent), 6) for extent in high - low] if points else []
        out |= {
            "triangles": scene.triangles,
            "vertices": points,
            ("size_m" if scan.metres_per_unit == 1 else "size_in_units"): size,
            "materials": [material.name or "(unnamed)" for material in scene.materials],
            "textures": len(scene.textures),
            "variants": list(scene.variants),
        }
    if scan.capture is not None:
        out["frames"] = len(scan.capture)
    out["licence"] = scan.licence
    out["notes"] = [{"note": note} for note in scan.notes]
    out["sources"] = [{"name": source.name, "bytes": source.size_bytes} for source in scan.sources[:1000]]
    return out


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return human_bytes(value) if key.endswith("bytes") else f"{value:,}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        if key.startswith("size") and value:
            return " × ".join(_text("", one) for one in value)
        return ", ".join(_text("", one) for one in value)
    return "" if value is None else str(value)
