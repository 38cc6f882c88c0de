"""An error as its merchant may see it."""

from typing import Any

import pytest

from showroom.jobs.words import for_merchant


def told(code: str, message: str, **fields: Any) -> dict[str, Any]:
    error = {"code": code, "message": message, "fields": fields}
    return for_merchant(error, stored="scan.obj", name="Old chair.obj", data="/srv/data")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (told("input.damaged", "'scan.obj' is truncated. Export it again."), "'Old chair.obj' is truncated."),
        (told("input.missing", "/srv/data/work/x/in/skin.png is missing."), "work/x/in/skin.png is missing."),
        (told("input.limit", "…--time-limit…", seconds=30.0), "longer than 30 s"),
        (told("input.limit", "…--memory…", memory_bytes=2_000_000_000), "2.0 GB"),
        (told("internal.crash", "SHOWROOM_DEBUG=1", log="secret", status=-9), "The converter failed"),
        (told("input.dimensions", "Correct --dimensions, or allow more with --dimension-tolerance."),
         "Correct dimensions, or allow more with dimension_tolerance."),
    ],
)  # fmt: skip
def test_the_sentence_is_the_pipelines_without_the_servers_affairs(error: dict[str, Any], sentence: str) -> None:
    assert sentence in error["message"]
    assert not {"--", "/srv", "SHOWROOM_", "secret"} & set(str(error).split())
    assert "/srv" not in str(error)


def test_numbers_behind_the_sentence_stay_and_paths_and_logs_go() -> None:
    found = told("input.x", "m", measured_m=[1.0], folder="/srv/data/out", log="x", file="/srv/data/y", name="a")
    assert found["fields"] == {"measured_m": [1.0], "name": "a"}
