"""A ``sizes.toml`` beside a scan is that scan's only if it says so; uploads carry it as they carry other facts."""

from pathlib import Path

import pytest

from showroom.demo import source
from showroom.jobs.packing import facts_of
from showroom_assets.errors import DamagedFile
from showroom_assets.facts import read_facts
from showroom_pipeline import inputs
from showroom_pipeline.stages import declared

CHART = '[[sizes]]\nlabel = "54"\nsku = "R-54"\nbody = {finger_girth = [53, 55]}\n'


def ring(folder: Path, *, model: str = "") -> Path:
    folder.mkdir()
    (folder / "ring.glb").write_bytes(b"glTF")
    (folder / "sizes.toml").write_text((f'model = "{model}"\n' if model else "") + CHART)
    return folder


def test_a_chart_is_of_its_folder_or_of_the_file_that_it_names(tmp_path: Path) -> None:
    folder = ring(tmp_path / "a")
    assert declared.sizes(str(folder)) == CHART.encode()
    assert declared.sizes(str(folder / "ring.glb")) == b""
    named = ring(tmp_path / "b", model="ring.glb")
    assert declared.sizes(str(named / "ring.glb")).endswith(CHART.encode())
    assert declared.sizes(str(tmp_path)) == b""


def test_a_changed_chart_is_a_changed_input(tmp_path: Path) -> None:
    model = ring(tmp_path / "a", model="ring.glb") / "ring.glb"
    before = inputs.content_digest(model, inputs.states(model))
    (model.parent / "sizes.toml").write_text('model = "ring.glb"\n' + CHART.replace("53", "52.5"))
    assert inputs.content_digest(model, inputs.states(model)) != before


def test_an_upload_takes_the_chart_along(tmp_path: Path) -> None:
    folder = ring(tmp_path / "a")
    facts = facts_of(folder)
    assert list(facts) == ["size_chart"]
    from showroom.jobs.options import facts_toml

    fields, _ = read_facts(facts_toml(facts))
    assert fields["size_chart"].sizes[0].body_mm == {"finger_girth": (53, 55)}
    assert fields["skus"] == ["R-54"]
    (folder / "sizes.toml").write_text(CHART.replace("53", "56"))
    with pytest.raises(DamagedFile, match="runs backwards"):
        facts_of(folder)


def test_a_changed_chart_builds_no_demo_product_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import showroom_demo

    copy = tmp_path / "showroom_demo"
    (copy / "charts").mkdir(parents=True)
    (copy / "__init__.py").write_text("")
    monkeypatch.setattr(showroom_demo, "__file__", str(copy / "__init__.py"))
    before = source.fingerprint()
    (copy / "charts" / "ring.toml").write_text(CHART)
    assert source.fingerprint() == before
    (copy / "ring.py").write_text("")
    assert source.fingerprint() != before
