"""What the merchant says beside the files: recolour variants, the facts of ``product.toml``, and a size chart."""

import base64
import tempfile
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from showroom_assets.errors import InputError
from showroom_assets.facts import FACTS_NAME, MAX_FACTS_BYTES
from showroom_assets.recolour import add_variants
from showroom_assets.scene import Json
from showroom_assets.size_charts import MAX_SIZES_BYTES, SIZES_NAME
from showroom_assets.variants import Recolour, read_variants
from showroom_pipeline.steps.normalise import Normalised


def facts(path: str) -> bytes:
    """
    The bytes of the ``product.toml`` in the input's folder, or beside the file if it names that file as its ``model``;
    empty if there is none.
    """
    return _meant(Path(path), FACTS_NAME, MAX_FACTS_BYTES)


def sizes(path: str) -> bytes:
    """The bytes of the ``sizes.toml`` there, by the same rule."""
    return _meant(Path(path), SIZES_NAME, MAX_SIZES_BYTES)


def _meant(place: Path, name: str, most_bytes: int) -> bytes:
    found = (place if place.is_dir() else place.parent) / name
    if not found.is_file():
        return b""
    with found.open("rb") as file:
        data = file.read(most_bytes + 1)
    return data if place.is_dir() or _model(data) == place.name else b""


def _model(data: bytes) -> Any:
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig")).get("model")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        return None


def recolour(normalised: Normalised, *, variants: Json) -> Normalised:
    """The product with the variants of a file (see ``pack_variants``) added."""
    with tempfile.TemporaryDirectory(prefix="showroom-variants-") as folder:
        for name, content in variants["textures"].items():
            place = Path(folder) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(base64.b64decode(content))
        recolours = read_variants(variants["text"])
        return replace(normalised, scene=add_variants(normalised.scene, recolours, textures=Path(folder)))


def bound(variants: Json | None) -> tuple[Recolour, ...]:
    """The entries of a variants file, for the manifest."""
    return read_variants(variants["text"]) if variants is not None else ()


def pack_variants(path: Path) -> Json:
    """
    A variants file with the textures it names, as JSON: what a conversion depends on, wherever it lies.

    Raises
    ------
    InputError
        The file is wrong, or a texture is missing or lies outside its folder.
    """
    textures: dict[str, str] = {}
    for entry in read_variants(path):
        for look in entry.looks.values():
            if look.texture:
                textures[look.texture] = base64.b64encode(_texture(path.parent, look.texture)).decode()
    return {"text": path.read_text("utf-8-sig"), "textures": textures}


def _texture(folder: Path, name: str) -> bytes:
    place = (folder / name).resolve()
    if PurePosixPath(name).is_absolute() or not place.is_relative_to(folder.resolve()):
        raise InputError(f"The texture '{name:.80}' lies outside the variants file's folder. Put it beside the file.")
    try:
        return place.read_bytes()
    except OSError as exc:
        raise InputError(f"The texture '{name:.80}' of the variants file cannot be read. Put it beside it.") from exc
