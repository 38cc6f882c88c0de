"""Settings: what goes before what, and what is said about a mistake."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from showroom.cli import cli
from showroom.configuration import MASKED, BadSetting, load, rows, shown
from showroom.settings import Settings


def write(folder: Path, text: str, name: str = "showroom.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_flags_go_before_the_environment_before_the_file_before_the_defaults(tmp_path: Path) -> None:
    file = write(tmp_path, 'port = 1\nhost = "a"\nroom_seats = 7\n')
    environ = {"SHOWROOM_PORT": "2", "SHOWROOM_HOST": "b"}
    found = load({"port": "3"}, environ=environ, file=file)
    assert (found.settings.port, found.settings.host, found.settings.room_seats) == (3, "b", 7)
    assert found.settings.lease_s == Settings().lease_s
    assert found.sources == {"port": "--port", "host": "SHOWROOM_HOST", "room_seats": "showroom.toml"}


def test_a_file_beside_is_read_by_itself_and_a_named_one_instead(tmp_path: Path) -> None:
    write(tmp_path, "port = 5")
    other = write(tmp_path, "port = 6", "other.toml")
    assert load(environ={}, folder=tmp_path).settings.port == 5
    assert load(environ={}, folder=tmp_path, file=other).settings.port == 6
    assert load(environ={"SHOWROOM_CONFIG": str(other)}, folder=tmp_path).settings.port == 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1", r"showroom\.toml: there is no setting prot\. Did you mean port\?"),
        ("port = 70000", r"showroom\.toml: port cannot be 70000 .*<= 65535"),
        ('port = "x"', "port cannot be 'x'"),
        ("port = ", "is not TOML"),
        ("[rooms]\nseats = 3", "there is no setting rooms"),
        ('transport = "carrier-pigeon"', "transport cannot be"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        load(environ={}, file=write(tmp_path, text))


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("SHOWROOM_PORT", "many", "SHOWROOM_PORT: 'many' is no whole number"),
        ("SHOWROOM_PROT", "1", "Did you mean port"),
        ("SHOWROOM_WORKER", "maybe", "neither yes nor no"),
        ("SHOWROOM_RATE_READ", "-1", "rate_read cannot be -1.0 requests/s"),
    ],
)
def test_a_mistake_in_the_environment_is_named(tmp_path: Path, variable: str, text: str, said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        load(environ={variable: text}, folder=tmp_path)


def test_variables_of_other_programs_and_of_our_own_tools_are_left_alone(tmp_path: Path) -> None:
    environ = {"SHOWROOM_CACHE": "/x", "SHOWROOM_DEBUG": "1", "SHOWROOM_TEST_DATA": "/y", "PATH": "/z"}
    assert load(environ=environ, folder=tmp_path).settings == Settings()


@given(st.lists(st.from_regex(r"https://[a-z]{1,9}\.example", fullmatch=True), max_size=4))
def test_a_list_is_written_with_commas(origins: list[str]) -> None:
    found = load({"allowed_origins": ", ".join(origins)}, environ={}, folder=Path("/nonexistent"))
    assert found.settings.allowed_origins == tuple(origins)


def test_every_setting_says_what_it_is() -> None:
    for row in rows():
        assert row.help.endswith("."), row.name
        assert len(row.help) > 15, row.name


def test_a_secret_is_shown_nowhere(tmp_path: Path) -> None:
    file = write(tmp_path, 'metrics_token = "hush-hush"\ndatabase = "postgresql://u:hush-hush@h/d"\n')
    for form in ("table", "json", "toml"):
        answer = CliRunner().invoke(cli, ["config", "--config", str(file), "--format", form])
        assert answer.exit_code == 0, answer.output
        assert "hush-hush" not in answer.output
    assert MASKED in CliRunner().invoke(cli, ["config", "--config", str(file)]).output
    with pytest.raises(BadSetting) as caught:
        load(environ={}, file=write(tmp_path, "metrics_token = 5"))
    assert "5" not in caught.value.message.partition("(")[0]


def test_the_file_that_config_writes_is_the_settings_again(tmp_path: Path) -> None:
    flags = ["--port", "9000", "--allowed-origins", "https://a.example"]
    text = CliRunner().invoke(cli, ["config", "--format", "toml", *flags]).output
    found = load(environ={}, file=write(tmp_path, text))
    assert found.settings == load({"port": "9000", "allowed_origins": "https://a.example"}, environ={}).settings
    opened = "\n".join(line.removeprefix("# ") for line in text.splitlines() if " = " in line)
    names = set(tomllib.loads(opened))
    assert names == {row.name for row in rows()}, "every setting is in the file, if only as a comment"


def test_lists_and_flags_are_shown_in_words() -> None:
    table = {row.name: row for row in rows()}
    assert shown(table["allowed_origins"], ("a", "b")) == "a, b"
    assert shown(table["worker"], False) == "no"
