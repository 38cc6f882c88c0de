"""One port: pages and rooms through the same door, on both event loops and with both adapters."""

import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest
import websockets

HANDSHAKE = (
    b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def test_pages_and_sockets_share_a_port(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at, aiohttp.ClientSession() as client:
            async with client.get(f"http://127.0.0.1:{at.port}/hello?a=1") as answer:
                assert await answer.text() == "hello a=1"
            async with websockets.connect(f"ws://127.0.0.1:{at.port}/live") as socket:
                await socket.send(b"echo this")
                assert await socket.recv() == b"echo this"
            async with client.get(f"http://127.0.0.1:{at.port}/hello") as answer:
                assert answer.status == 200

    run(main())


def test_a_connection_is_kept_for_many_requests(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
            for n in range(5):
                writer.write(b"GET /hello?n=%d HTTP/1.1\r\nHost: x\r\n\r\n" % n)
                head = await reader.readuntil(b"\r\n\r\n")
                assert b"200 OK" in head
                assert await reader.readexactly(9) == b"hello n=%d" % n
            writer.close()

    run(main())


def test_requests_sent_at_once_are_answered_in_order(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
            writer.write(b"".join(b"GET /hello?n=%d HTTP/1.1\r\nHost: x\r\n\r\n" % n for n in range(3)))
            for n in range(3):
                await reader.readuntil(b"\r\n\r\n")
                assert await reader.readexactly(9) == b"hello n=%d" % n
            writer.close()

    run(main())


@pytest.mark.parametrize("size", [0, 1, 70_000, 20_000_000])
def test_uploads_of_any_size_arrive_whole(run: Any, server: Any, size: int) -> None:
    async def main() -> None:
        async with server() as at, aiohttp.ClientSession(f"http://127.0.0.1:{at.port}") as client:
            answer = await client.post("/upload", data=io.BytesIO(bytes(size)))
            assert json.loads(await answer.text()) == {"size": size}

    run(main())


def test_a_head_may_come_byte_by_byte(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
            for byte in HANDSHAKE:
                writer.write(bytes((byte,)))
                await writer.drain()
                await asyncio.sleep(0)
            assert b"101 Switching" in await reader.readuntil(b"\r\n\r\n")
            writer.close()

    run(main())


def test_a_message_sent_with_the_handshake_is_not_lost(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
            writer.write(HANDSHAKE + b"\x82\x84\x00\x00\x00\x00echo")
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(6) == b"\x82\x04echo"
            writer.close()

    run(main())


def test_a_path_that_only_begins_like_ours_is_a_page(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at, aiohttp.ClientSession() as client:
            for path in ("/liver", "/live/x", "/LIVE"):
                async with client.get(f"http://127.0.0.1:{at.port}{path}") as answer:
                    assert answer.status == 404
                    assert "aiohttp" in answer.headers["Server"]

    run(main())


def test_half_open_connections_end_and_are_counted(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server(head_within_s=0.3) as at:
            silent = [await asyncio.open_connection("127.0.0.1", at.port) for _ in range(20)]
            slow = await asyncio.open_connection("127.0.0.1", at.port)
            slow[1].write(b"GET / HTTP/1.1\r\nX-Slow: ")
            for reader, writer in [*silent, slow]:
                assert b"408" in await reader.read()
                writer.close()
            assert at.counters.refused["handshake_timeout"] == 21
            assert not at.door.waiting

    run(main())


def test_a_head_without_end_is_refused(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
            writer.write(b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000)
            assert b"431" in await reader.read()
            writer.close()
            assert at.counters.refused["handshake_too_large"] == 1

    run(main())


def test_more_than_the_door_can_watch_are_turned_away(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            at.door.most_waiting = 3
            at.door.head_within_s = 30
            pairs = [await asyncio.open_connection("127.0.0.1", at.port) for _ in range(4)]
            ends = [asyncio.ensure_future(reader.read()) for reader, _ in pairs]
            done, waiting = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            assert len(done) == 1
            assert len(waiting) == 3
            done.pop().exception()
            for end in waiting:
                end.cancel()
            for _, writer in pairs:
                writer.close()
            assert at.counters.refused["handshake_crowded"] == 1

    run(main())
