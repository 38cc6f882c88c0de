"""``showroom store``: from a template to an open store, and what is said when something is wrong."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from shelf_files import product_folder

from showroom.cli import cli
from showroom.cli import run as run_command
from showroom_assets.library import Library


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a library of one vase, in which the commands are run."""
    monkeypatch.chdir(tmp_path)
    Library(tmp_path / "showroom-data" / "library").publish(product_folder(tmp_path / "vase", name="Vase"))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["store", *words], standalone_mode=False)


def test_from_a_template_to_an_open_store_to_a_new_window(house: Path) -> None:
    assert run("new", "boutique", "-o", "store.toml", "--id", "corner", "--product", "vase").return_value == 0
    assert run("check", "store.toml", "--products").return_value == 0
    assert run("publish", "store.toml", "--dry-run").exit_code == 0
    assert json.loads(run("list", "--format", "json").output) == []
    assert "version 1, new, open to visitors" in run("publish", "store.toml").output
    (row,) = json.loads(run("list", "--format", "json").output)
    assert (row["id"], row["newest"], row["published"]) == ("corner", 1, 1)
    assert "hero has nothing; version 2" in run("place", "corner", "hero", "--empty").output
    assert run("show", "corner", "-o", "now.json").exit_code == 0
    assert run("check", "now.json").return_value == 0
    changes = run("diff", "store.toml", "now.json")
    assert changes.return_value == 1
    assert "rooms.boutique.slots.hero.product" in changes.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["new", "castle"], 2, "boutique"),
        (["new", "boutique", "--product", "unicorn"], 2, "no product 'unicorn' on the shelf; there are vase"),
        (["check", "nothing.toml"], 1, "cannot be read"),
        (["check", "vase/product.json"], 1, "Mend it"),
        (["publish", "broken.toml"], 1, "does not hold together"),
        (["place", "nowhere", "hero", "vase"], 1, "There is no store 'nowhere'"),
        (["place", "corner", "hero"], 2, "Name a product, or say --empty"),
        (["show", "nowhere"], 1, "There is no store"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    house: Path, words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("new", "boutique", "-o", "broken.toml")
    broken = house / "broken.toml"
    broken.write_text(broken.read_text().replace('mood = "day"', 'mood = "dawn"', 1))
    capsys.readouterr()
    assert run_command(["store", *words]) == code
    assert said in capsys.readouterr().err
