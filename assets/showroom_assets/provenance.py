"""
Where a product comes from, and under which licence.

Reads what a glTF file says about itself (``asset.copyright``, ``asset.extras``, and the XMP packet of
KHR_xmp_json_ld), and writes the packet that a delivered file carries, so that a file which has left the store still
says whose it is.

What it is not: a signature. Source: KHR_xmp_json_ld; Dublin Core elements; xmpRights; SPDX licence list.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from .manifest import hash_file
from .product import Licence, Product, Source, Url

Json = dict[str, Any]

_CONTEXT = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
_SPDX_BY_URL = {
    "creativecommons.org/publicdomain/zero/1.0": "CC0-1.0",
    "creativecommons.org/licenses/by/4.0": "CC-BY-4.0",
    "creativecommons.org/licenses/by/3.0": "CC-BY-3.0",
    "creativecommons.org/licenses/by-sa/4.0": "CC-BY-SA-4.0",
    "creativecommons.org/licenses/by-nc/4.0": "CC-BY-NC-4.0",
    "creativecommons.org/licenses/by-nc-sa/4.0": "CC-BY-NC-SA-4.0",
    "creativecommons.org/licenses/by-nd/4.0": "CC-BY-ND-4.0",
    "www.apache.org/licenses/license-2.0": "Apache-2.0",
    "opensource.org/licenses/mit": "MIT",
}
_SPDX_BY_NAME = {name.lower(): name for name in _SPDX_BY_URL.values()} | {
    "cc0": "CC0-1.0",
    "cc0 1.0 universal": "CC0-1.0",
    "cc by 4.0": "CC-BY-4.0",
    "cc by 4.0 international": "CC-BY-4.0",
}
_MAX_LINE = 200


def source(path: Path, *, root: Path) -> Source:
    """A source file by its name below ``root`` and its hash; never by its place on somebody's disk."""
    digest, size_bytes = hash_file(path)
    return Source(name=path.relative_to(root).as_posix(), sha256=digest, size_bytes=size_bytes)


def source_of_bytes(name: str, data: bytes) -> Source:
    """As ``source``, for a file that is already in memory (a member of an archive)."""
    return Source(name=name, sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data))


def licence(text: str = "", *, url: str | None = None, attribution: str = "") -> Licence | None:
    """
    A licence from what a person or a file says: an SPDX identifier, a name, or an address.

    Returns None if nothing is said. Text that is not recognised is kept as the name.
    """
    text, attribution = _line(text), _line(attribution)
    if url is None and text.startswith(("http://", "https://")):
        text, url = "", text
    if url is not None and not _is_url(url):
        url = None
    spdx = _SPDX_BY_NAME.get(text.lower(), "") or (_spdx_of_url(url) if url else "")
    if not (spdx or text or url or attribution):
        return None
    return Licence(spdx=spdx, name="" if spdx else text, url=url, attribution=attribution)


def licence_of_gltf(asset: Mapping[str, Any], extensions: Mapping[str, Any] | None = None) -> Licence | None:
    """
    What a glTF file declares about itself.

    Parameters
    ----------
    asset
        The ``asset`` object: ``copyright``, and ``extras`` as model stores write it (author, license, source).
    extensions
        The root extensions; KHR_xmp_json_ld wins over ``asset``.
    """
    rights, address, author = "", None, ""
    extras = asset.get("extras")
    if isinstance(extras, Mapping):
        rights, author = _text(extras.get("license")), _text(extras.get("author"))
        # Model stores write "CC-BY-4.0 (http://creativecommons.org/licenses/by/4.0/)".
        name, _, rest = rights.partition(" (")
        if rest.startswith("http"):
            rights, address = name, rest.rstrip(")")
    for packet in _packets(extensions or {}):
        rights = _text(packet.get("dc:rights")) or _text(packet.get("xmpRights:UsageTerms")) or rights
        address = _text(packet.get("xmpRights:WebStatement")) or address
        author = _text(packet.get("dc:creator")) or author
    return licence(rights, url=address, attribution=author or _text(asset.get("copyright")))


def xmp_packet(product: Product) -> Json:
    """
    The KHR_xmp_json_ld packet for a delivered file: name, brand, identifier and rights.

    Deterministic: nothing in it that is not in the manifest.
    """
    packet: Json = {"@context": dict(_CONTEXT), "@id": "", "dc:title": _alternatives(product.name)}
    if product.brand:
        packet["dc:publisher"] = {"@set": [product.brand]}
    if product.gtin:
        packet["dc:identifier"] = f"urn:gtin:{product.gtin.zfill(14)}"
    if product.description:
        packet["dc:description"] = _alternatives(product.description)
    terms = product.licence
    if terms:
        if terms.attribution:
            packet["dc:creator"] = {"@list": [terms.attribution]}
        if terms.spdx or terms.name:
            packet["dc:rights"] = _alternatives(terms.spdx or terms.name)
        if terms.url:
            packet["xmpRights:WebStatement"] = terms.url
    return packet


def _alternatives(text: str) -> Json:
    return {"@type": "rdf:Alt", "rdf:_1": {"@language": "x-default", "@value": text}}


def _packets(extensions: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    body = extensions.get("KHR_xmp_json_ld")
    packets = body.get("packets") if isinstance(body, Mapping) else None
    if isinstance(packets, list):
        yield from (packet for packet in packets[:16] if isinstance(packet, Mapping))


def _text(value: Any, *, depth: int = 0) -> str:
    """The first text in an XMP value: a string, ``@value``, ``@list``, ``@set`` or a language alternative."""
    if isinstance(value, str):
        return value.strip()
    if depth > 4:
        return ""
    if isinstance(value, list):
        return next((found for item in value[:16] if (found := _text(item, depth=depth + 1))), "")
    if isinstance(value, Mapping):
        for key in ("@value", "@list", "@set", "rdf:_1"):
            if found := _text(value.get(key), depth=depth + 1):
                return found
    return ""


def _line(text: str) -> str:
    """One printable line that a manifest may hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_MAX_LINE]


def _is_url(text: str) -> bool:
    """Whether a manifest would take it as an address."""
    try:
        msgspec.convert(text, Url)
    except msgspec.ValidationError:
        return False
    return True


def _spdx_of_url(url: str) -> str:
    bare = url.partition("://")[2].lower().rstrip("/").removesuffix("/legalcode").removesuffix("/deed.en")
    return _SPDX_BY_URL.get(bare, "")
