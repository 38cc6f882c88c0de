"""
What one wears and how one moves, as friends see it: over real sockets, by clients that know only ``docs/protocol.md``.
"""

import asyncio
from pathlib import Path

import pytest
from document_client import client
from live_server import LiveServer

MOST_BYTES_A_SECOND = 8000
SECONDS = 5
HZ = 12
BONES = range(20)


def moves(seed: int) -> dict[int, int]:
    """All bones, each turned otherwise than the last time."""
    return {bone: (seed * 2654435761 + bone * 97) % 2**32 for bone in BONES}


@pytest.mark.parametrize("transport", ["picows", "websockets"])
def test_friends_see_what_is_worn_and_how_its_wearer_moves_and_say_whether_it_suits(
    tmp_path: Path, transport: str
) -> None:
    async def main() -> None:
        server = LiveServer(tmp_path, transport=transport)
        base = f"http://127.0.0.1:{await server.start()}"
        ada, bob, late = client(), client(), client()
        await ada.join(base, "demo", "hall", "Ada")
        await bob.join(base, "demo", "hall", "Bob")
        me = ada.welcome["slot"]
        assert ada.welcome["limits"]["body_hz"] == HZ
        assert ada.welcome["limits"]["vote_s"] == 60
        await bob.until(lambda it: it.name_of(me) == "Ada")

        # Put on: seen by who is there, over a lost link, and by who comes later.
        await ada.act("wear", items=[["solen-sunglasses", "SUN-SOLEN-GLD"]])
        await bob.until(lambda it: it.wears(me) == [["solen-sunglasses", "SUN-SOLEN-GLD"]])
        await ada.lose()
        await ada.resume()
        await late.join(base, "demo", "hall", "Cleo")
        await late.until(lambda it: it.wears(me) == [["solen-sunglasses", "SUN-SOLEN-GLD"]])

        # Moves: the whole body, as often as it may be sent, never over what was promised.
        await ada.act("embody", on=True)
        before, bobs = ada.sent_bytes, bob.read_bytes
        for n in range(SECONDS * HZ):
            await ada.body(moves(n))
            await asyncio.sleep(1 / HZ)
        last = moves(SECONDS * HZ - 1)
        await bob.until(lambda it: it.bodies.get(me) == last)
        assert (ada.sent_bytes - before) / SECONDS <= MOST_BYTES_A_SECOND
        assert (bob.read_bytes - bobs) / SECONDS <= MOST_BYTES_A_SECOND
        await late.until(lambda it: it.bodies.get(me) == last)

        # A vote, one answer each.
        await ada.act("vote", op="open", product="solen-sunglasses", scope="near")
        who = ada.welcome["member"]
        for friend in (bob, late):
            await friend.until(lambda it: bool(it.votes))
            assert friend.votes[0]["asked"] == 2
        await bob.act("vote", op="answer", who=who, answer="yes")
        await bob.act("vote", op="answer", who=who, answer="yes", n=7)
        await bob.until(lambda it: it.refused == ["vote.refused"])
        await late.act("vote", op="answer", who=who, answer="unsure")
        await ada.until(lambda it: (it.votes[-1]["yes"], it.votes[-1]["no"], it.votes[-1]["unsure"]) == (1, 0, 1))
        await ada.act("vote", op="close")
        await bob.until(lambda it: it.votes[-1]["over"])
        assert (bob.votes[-1]["yes"], bob.votes[-1]["no"], bob.votes[-1]["unsure"]) == (1, 0, 1)

        # Off again: nothing of it is left with anybody.
        await ada.act("embody", on=False)
        await bob.until(lambda it: it.bodies[me] == {})
        await ada.act("wear", items=[])
        await bob.until(lambda it: it.wears(me) == [])
        assert [one.close_code for one in (ada, bob, late)] == [None, None, None]
        for one in (ada, bob, late):
            await one.bye()
        await server.stop()

    asyncio.run(asyncio.wait_for(main(), 60))
