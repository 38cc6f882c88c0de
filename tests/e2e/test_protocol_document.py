"""A client that knows only ``docs/protocol.md`` walks, sees, talks, loses its link and comes back."""

import ast
import asyncio
from pathlib import Path

import pytest
from document_client import CLIENT, client
from live_server import LiveServer


def test_the_client_knows_nothing_but_the_document() -> None:
    tree = ast.parse(CLIENT.read_text())
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if name.startswith(("showroom", "tests"))]


@pytest.mark.parametrize("transport", ["picows", "websockets"])
def test_a_client_of_the_document_walks_chats_loses_its_link_and_resumes(tmp_path: Path, transport: str) -> None:
    async def main() -> None:
        server = LiveServer(tmp_path, transport=transport)
        base = f"http://127.0.0.1:{await server.start()}"
        ada, bob = client(), client()
        await ada.join(base, "demo", "hall", "Ada")
        await bob.join(base, "demo", "hall", "Bob")
        me, you = ada.welcome["slot"], bob.welcome["slot"]
        await ada.until(lambda it: it.at[0] > 0 and it.name_of(you) == "Bob")
        await bob.until(lambda it: it.name_of(me) == "Ada")

        await ada.walk(900, 1000)  # over the borders of cells
        await bob.until(lambda it: me in it.people and abs(it.people[me].x - 900) + abs(it.people[me].z - 1000) <= 2)
        await bob.walk(850, 1000)
        await ada.until(lambda it: you in it.people and abs(it.people[you].x - 850) <= 1)
        await bob.say("Look at the vase")
        await ada.until(lambda it: it.chat == ["Bob: Look at the vase"])
        await ada.ping(42)
        await ada.until(lambda it: it.pongs == [42])

        await ada.lose()
        await bob.until(lambda it: it.people[me].state & 0xFF == 8)  # AWAY
        await bob.say("Where are you?")
        await bob.until(lambda it: len(it.chat) == 2)
        await ada.resume()
        assert ada.welcome["resumed"] is True
        assert ada.welcome["slot"] == me
        await ada.until(lambda it: it.chat == ["Bob: Look at the vase", "Bob: Where are you?"])
        await ada.until(lambda it: me in it.people and you in it.people)
        assert (ada.at[0], ada.at[1]) == (900, 1000)
        await ada.walk(920, 1000)
        await bob.until(lambda it: abs(it.people[me].x - 920) <= 1)

        await ada.bye()
        assert ada.close_code == 1000
        await bob.until(lambda it: me not in it.people)
        await bob.bye()
        assert sum(server.realtime.counters.poses_refused.values()) == 0
        await server.stop()

    asyncio.run(asyncio.wait_for(main(), 60))
