"""Nothing is left of people who came and went: neither in the server's books, nor in its memory."""

import asyncio
import gc
from collections import Counter
from pathlib import Path

import pytest
from live_server import LiveServer
from room_client import Guest

from showroom.protocol.messages import Bye, encode_to_server
from showroom.realtime import garbage
from showroom.realtime.connection import Connection
from showroom.realtime.picows_adapter import PicowsLink
from showroom.realtime.transport import CLOSE_WITHIN_S
from showroom.realtime.visit import Visit
from showroom.social.people import Occupant


async def _visit(base: str, number: int) -> None:
    guest = await Guest().join(base, nickname=f"Guest {number}")
    await guest.until_welcome()
    await guest.say(f"Hello, I am number {number}.")
    if number % 3 == 0:
        await guest.cut()
        await guest.resume()
    if number % 2:
        await guest.send(encode_to_server(Bye()))
        await guest.ended()
    await guest.leave()


@pytest.mark.parametrize("transport", ["picows", "websockets"])
def test_a_shop_with_people_coming_and_going_does_not_grow(tmp_path: Path, transport: str) -> None:
    kinds = (Connection, PicowsLink, Visit, Occupant)

    def alive() -> Counter[str]:
        return Counter(type(one).__name__ for one in gc.get_objects() if isinstance(one, kinds))

    async def main() -> None:
        garbage.collect()
        before = alive()
        server = LiveServer(tmp_path, transport=transport)
        base = f"http://127.0.0.1:{await server.start()}"
        try:
            for turn in range(4):
                await asyncio.gather(*(_visit(base, 10 * turn + number) for number in range(10)))
            hub = server.realtime.hub
            (copy,) = hub.copies.values()
            while hub.connections:
                await asyncio.sleep(0.05)
            assert copy.visits, "those without a good-bye have their seats kept"
            for visit in copy.sweep(grace_s=0.0):
                hub.admission.forget(visit)
            del visit
            hub.sweep()
            assert not hub.admission._by_key
            assert not hub.admission._by_code
            assert not copy.social.people
            assert not copy.social.names._skeletons
            assert copy.seats.is_idle
            # Closed links are cut after a while, if nobody answers; then nothing is left, however slow the machine.
            await asyncio.sleep(CLOSE_WITHIN_S)
            for _ in range(100):
                garbage.collect()
                if alive() == before:
                    break
                await asyncio.sleep(0.1)
            assert alive() == before
        finally:
            await server.stop()

    asyncio.run(asyncio.wait_for(main(), 200))
