"""Budgets: exactly what exceeds a bound is found, and said with its way out."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom_assets.budgets import DEFAULT_BUDGETS, Budget, load_budgets, verdict
from showroom_assets.errors import InputError
from showroom_assets.manifest import Delivery, Level, SurfaceError

number = st.integers(0, 10**7)
bound = st.none() | number


@given(number, number, number, st.integers(0, 65536), bound, bound, bound, bound)
def test_a_finding_is_exactly_a_value_over_its_bound(
    triangles: int,
    gpu_bytes: int,
    draw_calls: int,
    texture: int,
    most_triangles: int | None,
    most_gpu: int | None,
    most_draws: int | None,
    most_texture: int | None,
) -> None:
    delivery = Delivery(
        file="x.glb", triangles=triangles, gpu_bytes=gpu_bytes, draw_calls=draw_calls, texture_max_px=texture
    )
    budget = Budget(triangles=most_triangles, gpu_bytes=most_gpu, draw_calls=most_draws, texture_px=most_texture)
    found = {one.code: (one.value, one.limit) for one in verdict(delivery, budget, device="phone")}
    rows = [
        ("triangles", triangles, most_triangles),
        ("gpu_bytes", gpu_bytes, most_gpu),
        ("draw_calls", draw_calls, most_draws),
        ("texture_px", texture, most_texture),
    ]
    assert found == {f"budget.{name}": (value, most) for name, value, most in rows if most is not None and value > most}


def test_the_message_says_what_is_wrong_and_what_to_do() -> None:
    chair = Delivery(file="chair.glb", triangles=182_400, gpu_bytes=0, draw_calls=1, texture_max_px=1024)
    (finding,) = verdict(chair, DEFAULT_BUDGETS["mobile"], device="mobile")
    assert finding.message == "chair.glb has 182,400 triangles; mobile allows 30,000. Try --preset mobile."


def test_a_coarse_level_in_a_file_of_its_own_is_the_first_view() -> None:
    level = Level(file="lod2.glb", triangles=1, error_mm=SurfaceError(mean=0, p99=0))
    one = Delivery(file="x.glb", triangles=1, gpu_bytes=0, draw_calls=1, texture_max_px=0)
    two = Delivery(file="x.glb", triangles=1, gpu_bytes=0, draw_calls=1, texture_max_px=0, levels=[level])
    sizes = {"x.glb": 900_000, "lod2.glb": 200_000}
    mobile = DEFAULT_BUDGETS["mobile"]
    assert [one.code for one in verdict(one, mobile, device="mobile", sizes=sizes)] == ["budget.first_view_bytes"]
    assert verdict(two, mobile, device="mobile", sizes=sizes) == []


def test_the_defaults_are_the_plans() -> None:
    table = {
        name: (one.first_view_bytes, one.size_bytes, one.triangles, one.texture_px)
        for name, one in DEFAULT_BUDGETS.items()
        if name in {"mobile", "desktop", "headset"}
    }
    assert table == {
        "mobile": (300_000, 1_500_000, 30_000, 1024),
        "desktop": (1_000_000, 5_000_000, 100_000, 2048),
        "headset": (1_000_000, 3_000_000, 50_000, 2048),
    }


def test_a_file_changes_only_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text("[mobile]\ntriangles = 20000\ngpu_bytes = 0\n[kiosk]\nsize_bytes = 7\n")
    budgets = load_budgets(tmp_path / "b.toml")
    assert budgets["mobile"].triangles == 20_000
    assert budgets["mobile"].gpu_bytes is None
    assert budgets["mobile"].size_bytes == 1_500_000
    assert budgets["kiosk"] == Budget(size_bytes=7)
    assert {name: one for name, one in budgets.items() if name not in {"mobile", "kiosk"}} == {
        name: one for name, one in DEFAULT_BUDGETS.items() if name != "mobile"
    }
    assert load_budgets() == dict(DEFAULT_BUDGETS)


@pytest.mark.parametrize(
    "text",
    ["[mobile", "mobile = 3", "[mobile]\ntriangels = 3", "[mobile]\ntriangles = -1", '[mobile]\ntriangles = "3"', "\0"],
)
def test_a_file_that_holds_no_budgets_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "b.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_budgets(tmp_path / "b.toml")
    assert "\n" not in caught.value.message
    with pytest.raises(InputError):
        load_budgets(tmp_path / "nothing.toml")


@given(st.dictionaries(st.sampled_from(["triangles", "size_bytes"]), st.integers(1, 10**9)))
def test_bounds_survive_being_written_to_toml(bounds: dict[str, Any]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "b.toml"
        path.write_text("[mobile]\n" + "".join(f"{name} = {value}\n" for name, value in bounds.items()))
        assert {name: getattr(load_budgets(path)["mobile"], name) for name in bounds} == bounds
