"""
``/openapi.json``: OpenAPI 3.1 from the same rows and structs that the API itself runs on.

OpenAPI 3.1 speaks JSON Schema 2020-12, which is what msgspec writes, so nothing is translated.
"""

import inspect
import re
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any, Final

import msgspec

from showroom.http.endpoint import Endpoint

Json = dict[str, Any]

_VARIABLE: Final = re.compile(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}")
_REFERENCE: Final = "#/components/schemas/{name}"
_ERRORS: Final = {
    "400": "A field is missing, unknown or out of its bounds.",
    "429": "Too often; Retry-After says when to try again.",
    "500": "Something unforeseen; the id is in the server's log.",
    "503": "Busy, draining, or a part of the store is away; worth another try.",
}


class ErrorDetail(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong: a stable code, a sentence that says what to do, and the values behind it."""

    code: str
    message: str
    fields: dict[str, Any] = {}


class Error(msgspec.Struct, frozen=True, kw_only=True):
    """The one shape of every error."""

    error: ErrorDetail


def document(endpoints: Iterable[Endpoint]) -> Json:
    """The OpenAPI document of an API."""
    rows = list(endpoints)
    kinds = {kind for row in rows for kind in (row.body, row.answer, row.query) if kind is not None}
    ordered = [Error, *sorted(kinds - {Error}, key=lambda kind: kind.__name__)]
    schemas, components = msgspec.json.schema_components(ordered, ref_template=_REFERENCE)
    by_kind = dict(zip(ordered, schemas, strict=True))
    paths: dict[str, Json] = {}
    for row in rows:
        path = _VARIABLE.sub(r"{\1}", row.path)
        paths.setdefault(path, {})[row.method.lower()] = _operation(row, by_kind, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Showroom",
            "version": version("showroom"),
            "description": "A 3D store: catalogue, stores and rooms, shop, accounts, uploads.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in sorted({row.tag for row in rows})],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token, or a guest's pass."},
                "session": {"type": "apiKey", "in": "cookie", "name": "showroom_session"},
            },
        },
    }


def _operation(row: Endpoint, schemas: dict[type, Json], components: dict[str, Json]) -> Json:
    summary, _, rest = (inspect.getdoc(row.handler) or "").partition("\n")
    parameters: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _VARIABLE.findall(row.path)
    ]
    if row.query is not None:
        parameters += _query(schemas[row.query], components)
    if row.is_idempotent:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": "A fresh UUID; the same again repeats a request whose answer was lost.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            }
        )
    good: Json = {"description": "Done." if row.answer is None else "What was asked for."}
    if row.answer is not None:
        good["content"] = {"application/json": {"schema": schemas[row.answer]}}
    status = row.status if row.answer is not None or row.status != 200 or row.method in {"GET", "HEAD"} else 204
    responses = {str(status): good}
    errors = dict(_ERRORS)
    if row.scope is not None:
        errors |= {"401": "Nobody has said who they are.", "403": "Known, but not allowed."}
    if "{" in row.path:
        errors["404"] = "No such thing, or not for your eyes."
    errors |= {str(code): text for code, text in row.responses.items()}
    shape = {"application/json": {"schema": schemas[Error]}}
    for code, text in sorted(errors.items()):
        responses.setdefault(code, {"description": text, **({"content": shape} if int(code) >= 400 else {})})
    out: Json = {
        "operationId": _name(row),
        "summary": summary.strip().rstrip("."),
        "tags": [row.tag],
        "responses": responses,
    }
    if rest.strip():
        out["description"] = rest.strip()
    if parameters:
        out["parameters"] = parameters
    if row.body is not None:
        out["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas[row.body]}},
        }
    if row.scope is not None:
        out["security"] = [{"token": []}, {"session": []}]
        out["x-scope"] = str(row.scope)
    return out


def _query(schema: Json, components: dict[str, Json]) -> list[Json]:
    """A struct's fields as parameters."""
    table = components[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    needed = set(table.get("required", []))
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": field}
        for name, field in table.get("properties", {}).items()
    ]


def _name(row: Endpoint) -> str:
    """``get_api_products_id``: unique, for method and path are."""
    words = re.sub(r"[^A-Za-z0-9]+", "_", _VARIABLE.sub(r"\1", row.path)).strip("_")
    return f"{row.method.lower()}_{words}"
