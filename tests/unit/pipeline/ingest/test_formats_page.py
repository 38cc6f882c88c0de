"""The page about formats says what the code does."""

import dataclasses
import re
from pathlib import Path

from showroom_pipeline.ingest import Limits
from showroom_pipeline.ingest.formats import READERS

PAGE = (Path(__file__).parents[4] / "docs" / "formats.md").read_text("utf-8")


def test_every_suffix_that_is_read_is_listed_and_no_other():
    table = PAGE.split("## Formats")[1].split("### Materials")[0]
    assert set(re.findall(r"`(\.\w+)`", table)) == {*READERS, ".zip"}


def test_every_limit_is_listed_with_its_default():
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+(?: GiB)?) \|", PAGE, re.M))
    values = {
        name: int(text.removesuffix(" GiB").replace(",", "")) * (2**30 if text.endswith("GiB") else 1)
        for name, text in rows.items()
    }
    assert values == {field.name: field.default for field in dataclasses.fields(Limits)}
