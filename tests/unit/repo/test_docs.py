"""Every showroom command that the documents show exists, with its options."""

import re
import shlex
from pathlib import Path

import click
import pytest

from showroom.cli import cli

REPO = Path(__file__).parents[3]
PAGES = [REPO / "README.md", *sorted((REPO / "docs").rglob("*.md"))]
SHOWN = [
    (page.relative_to(REPO).as_posix(), line.strip().removeprefix("$ "))
    for page in PAGES
    for line in page.read_text().splitlines()
    if re.match(r"(\$ )?showroom [a-z-]", line.strip())
]


@pytest.mark.parametrize(("page", "line"), SHOWN)
def test_a_command_in_the_documents_exists(page: str, line: str) -> None:
    words = shlex.split(line.partition(" | ")[0], comments=True)[1:]
    command: click.Command = cli
    context = click.Context(cli)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        assert found is not None, f"{page}: there is no command {words[0]!r}"
        command, words = found, words[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    for word in words:
        if re.fullmatch(r"--?[a-z-]+", word.partition("=")[0]):
            assert word.partition("=")[0] in known | {"--help"}, f"{page}: {command.name} has no {word}"


def test_the_documents_show_commands() -> None:
    assert len(SHOWN) >= 6
