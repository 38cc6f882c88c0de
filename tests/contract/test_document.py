"""docs/protocol.md says everything that the code does: every id, code, field and limit, and its examples decode."""

import re
import typing
from pathlib import Path

import pytest

from showroom.protocol import actions, events, messages
from showroom.protocol.ids import MAX_BYTES, VERSION, Anim, Close, Mode, Refusal, ToClient, ToServer
from showroom.protocol.receiver import Crowd
from showroom.protocol.session import COST, Budget

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()


@pytest.mark.parametrize("code", list(Close), ids=lambda code: code.name)
def test_every_close_code_is_explained(code: Close) -> None:
    assert f"| {int(code)} | {code.name} |" in TEXT


@pytest.mark.parametrize("kind", [*ToServer, *ToClient], ids=lambda kind: kind.name)
def test_every_message_is_in_its_table(kind: ToServer | ToClient) -> None:
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| 0x{int(kind):02X} | {kind.name} |"))
    if isinstance(kind, ToServer):
        assert f"| {MAX_BYTES[kind]:,} |" in row


def test_numbers_with_names_are_named() -> None:
    for member in (*Refusal, *Mode, *Anim):
        assert f"{int(member)} {member.name}" in TEXT
    assert f"Version {VERSION}." in TEXT
    assert f"{Budget().per_s:g} tokens a second ({Budget().burst:g} at once)" in TEXT
    assert f"SAY {COST[ToServer.SAY]}, ACTION {COST[ToServer.ACTION]}, RESYNC {COST[ToServer.RESYNC]}" in TEXT


@pytest.mark.parametrize(
    "kind",
    [
        *typing.get_args(actions.AnyAction), *typing.get_args(events.AnyEvent), messages.Hello, messages.Welcome,
        messages.Say, messages.FloorInfo, messages.Limits, messages.Refused, messages.Resume, events.Card,
    ],
    ids=lambda kind: kind.__name__,
)  # fmt: skip
def test_every_field_is_described(kind: type) -> None:
    tag = getattr(kind, "__struct_config__").tag  # noqa: B009
    where = TEXT
    if tag:
        section = TEXT.split("### ACTION" if issubclass(kind, actions.Action) else "### EVENT")[1].split("\n### ")[0]
        where = next(line for line in section.splitlines() if line.startswith(f"| `{tag}` |"))
    for field in kind.__struct_fields__:  # type: ignore[attr-defined]
        assert f"`{field}`" in where or field == "n"


def test_the_examples_are_what_they_are_said_to_be() -> None:
    examples = {
        match[1].split()[0]: bytes.fromhex(match[1].replace(" ", ""))
        for match in re.finditer(r"Example: `([0-9a-f ]+)`", TEXT)
    }
    crowd = Crowd(cell_cm=700, columns=3, rows=2)
    crowd.receive(examples["43"])
    assert [(p.slot, p.rev, p.x, p.z) for p in crowd.near.values()] == [(0, 0, 300, 300), (1, 0, 500, 300)]
    crowd.receive(examples["42"])
    assert [(p.x, p.z) for p in crowd.near.values()] == [(300, 300), (503, 296)]
    hello = messages.decode_from_client(bytes.fromhex("0181a67469636b6574a154"))
    assert hello == messages.Hello(ticket="T")
