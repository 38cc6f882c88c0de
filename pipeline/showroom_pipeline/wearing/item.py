"""What is to be worn, from a product's folder or a GLB with its ``product.toml``."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from showroom_assets import manifest
from showroom_assets.errors import DamagedFile, InputError, MissingFile
from showroom_assets.facts import FACTS_NAME, read_facts
from showroom_assets.glb import read_glb
from showroom_assets.product import Anchor
from showroom_assets.scene import Scene
from showroom_pipeline.wearing.rules import Worn, worn_as

_WAY = "worn here: glasses, sunglasses, hats, headphones, watches, rings, shoes, and garments with a rig"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """``declared`` holds the anchors: a ``product.json``, or a ``product.toml`` that may not be there."""

    name: str
    scene: Scene
    glb: bytes
    worn: Worn
    category: str
    anchors: list[Anchor]
    declared: Path


def load(path: Path, *, category: str = "") -> Item:
    """
    Parameters
    ----------
    path
        A product's folder as ``convert`` writes it, a folder with one GLB and its ``product.toml``, or a GLB.
    category
        Goes before what the product says of itself.

    Raises
    ------
    MissingFile, InputError, DamagedFile
        Nothing there; not a thing that is worn here; a damaged file.
    """
    if path.is_dir() and (path / manifest.MANIFEST_NAME).is_file():
        product = manifest.load(path)
        kind = category or (product.wearable.category if product.wearable else product.category)
        delivery = next(
            (product.deliveries[key] for key in ("plain", "desktop", "headset", "mobile") if key in product.deliveries),
            next(iter(product.deliveries.values())),
        )
        model, anchors, name = path / delivery.file, list(product.anchors), product.name
        declared = path / manifest.MANIFEST_NAME
    else:
        model = _model(path)
        declared = model.parent / FACTS_NAME
        fields = read_facts(declared.read_bytes(), name=str(declared))[0] if declared.is_file() else {}
        worn = fields.get("wearable")
        kind = category or (worn.category if worn else fields.get("category", ""))
        anchors, name = list(fields.get("anchors", [])), fields.get("name", model.stem)
    how = worn_as(kind)
    if how is None:
        raise InputError(f"{name} is {_a(kind)}, which cannot be put on a photo. What can be {_WAY}. Say it by --as.")
    try:
        data = model.read_bytes()
    except OSError as exc:
        raise MissingFile(f"{model} cannot be read ({exc.strerror}). Convert the product again.") from exc
    return Item(name=name, scene=read_glb(data), glb=data, worn=how, category=kind, anchors=anchors, declared=declared)


def write_anchors(item: Item, anchors: list[Anchor]) -> None:
    """Put ``anchors`` in place of those of the same name, into the product's manifest or its ``product.toml``."""
    names = {anchor.name for anchor in anchors}
    if item.declared.name == manifest.MANIFEST_NAME:
        product = manifest.load(item.declared.parent)
        kept = [anchor for anchor in product.anchors if anchor.name not in names]
        changed = msgspec.structs.replace(product, anchors=[*kept, *anchors])
        item.declared.write_bytes(manifest.write_manifest(changed))
        return
    text = item.declared.read_text("utf-8-sig") if item.declared.is_file() else f'category = "{item.category}"\n'
    text = _without(text, names).rstrip("\n") + "\n" + "".join(_table(anchor) for anchor in anchors)
    read_facts(text.encode(), name=str(item.declared))  # never leave a file behind that cannot be read
    item.declared.write_text(text, "utf-8")


def _without(text: str, names: set[str]) -> str:
    """A ``product.toml`` without the [[anchors]] of these names; everything else stays as it was written."""
    out: list[str] = []
    block: list[str] = []
    for line in [*text.splitlines(keepends=True), "[end]\n"]:
        if line.lstrip().startswith("["):
            is_gone = bool(block) and block[0].strip() == "[[anchors]]" and any(_names(row) in names for row in block)
            out += [] if is_gone else block
            block = []
        block.append(line)
    return "".join(out)


def _names(line: str) -> str:
    key, _, value = line.partition("=")
    return value.strip().strip("\"'") if key.strip() == "name" else ""


def _table(anchor: Anchor) -> str:
    x, y, z = (round(float(v), 6) + 0.0 for v in anchor.position_m)
    return f'\n[[anchors]]\nname = "{anchor.name}"\nposition_m = [{x!r}, {y!r}, {z!r}]\n'


def _model(path: Path) -> Path:
    if path.is_file():
        if path.suffix.lower() != ".glb":
            raise InputError(f"{path} is not a GLB. Convert it first: showroom convert {path} -o out")
        return path
    if not path.is_dir():
        raise MissingFile(f"{path} does not exist. Name a product's folder or its GLB.")
    models = sorted(path.glob("*.glb"))
    if len(models) != 1:
        raise DamagedFile(f"{path} holds {len(models)} GLB files and no product.json. Name one of them.")
    return models[0]


def _a(kind: str) -> str:
    return f"of the category {kind!r}" if kind else "of no category"
