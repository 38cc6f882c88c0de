"""The JSON Schema of store manifests in the repository is the one that the structs give, and templates obey it."""

import json
from pathlib import Path

import pytest
from jsonschema.validators import Draft202012Validator

from showroom.stores import schemas
from showroom.stores.manifest import to_json
from showroom.stores.templates import TEMPLATES

REPO = Path(__file__).parents[4]


def test_the_schema_is_up_to_date() -> None:
    assert (REPO / "assets" / "schemas" / schemas.NAME).read_bytes() == schemas.render(), "run: make schemas"


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_obeys_the_schema(name: str) -> None:
    schema = json.loads(schemas.render())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(to_json(TEMPLATES[name][0]())))
