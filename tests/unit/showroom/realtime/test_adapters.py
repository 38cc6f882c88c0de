"""What every WebSocket adapter must do, on both event loops."""

import asyncio
import inspect
from typing import Any

import picows
import pytest
import websockets
from websockets.exceptions import ConnectionClosed, InvalidStatus

from showroom.protocol.ids import MAX_TO_SERVER, SUBPROTOCOL, Close
from showroom.realtime.transport import frame_header

HANDSHAKE = (
    b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def url(at: Any) -> str:
    return f"ws://127.0.0.1:{at.port}/live"


def masked(first: int, payload: bytes, *, mask: bytes = b"\x01\x02\x03\x04") -> bytes:
    """A client's frame with any first byte."""
    size = bytes((0x80 | len(payload),)) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return bytes((first,)) + size + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


async def shaken(port: int, handshake: bytes = HANDSHAKE) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A raw connection whose handshake is done."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(handshake)
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def close_code(reader: asyncio.StreamReader) -> int:
    """The code of the close frame that comes next, other frames skipped."""
    while True:
        first, size = await reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await reader.readexactly(2), "big")
        payload = await reader.readexactly(size)
        if first == 0x88:
            return int.from_bytes(payload[:2], "big")


@pytest.mark.parametrize("size", [0, 1, 125, 126, 4000, MAX_TO_SERVER - 4])
def test_messages_of_every_header_form_come_back_as_they_went(run: Any, server: Any, size: int) -> None:
    async def main() -> None:
        message = b"echo" + bytes(size)
        async with server() as at, websockets.connect(url(at)) as socket:
            await socket.send(message)
            assert await socket.recv() == message
            listener = at.listeners[0]
            assert listener.messages == [message]
            # A frame that was prepared once goes out as it is.
            large = bytes(70_000)
            listener.link.write(frame_header(len(message)) + message + frame_header(len(large)) + large)
            assert await socket.recv() == message
            assert await socket.recv() == large

    run(main())


def test_compression_is_never_agreed_on(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at, websockets.connect(url(at), compression="deflate") as socket:
            assert "Sec-WebSocket-Extensions" not in socket.response.headers

    run(main())


@pytest.mark.parametrize("code", [int(Close.GOING_AWAY), int(Close.TICKET), 1000])
def test_a_close_carries_its_code_and_both_sides_learn_of_it(run: Any, server: Any, code: int) -> None:
    async def main() -> None:
        async with server() as at, websockets.connect(url(at)) as socket:
            listener = await at.until_open()
            listener.link.close(code, "because")
            with pytest.raises(ConnectionClosed) as caught:
                await socket.recv()
            assert caught.value.rcvd.code == code
            assert caught.value.rcvd.reason == "because"
            await listener.until(lambda it: bool(it.ends))
            assert listener.ends == [code]

    run(main())


def test_a_client_that_closes_gets_its_answer(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            async with websockets.connect(url(at)) as socket:
                await at.until_open()
                await socket.close(1001)
                assert socket.close_code == 1001
            await at.listeners[0].until(lambda it: bool(it.ends))

    run(main())


def test_a_peer_that_does_not_answer_a_close_is_cut_off(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            reader, writer = await shaken(at.port)
            listener = await at.until_open()
            listener.link.close(4001)
            await listener.until(lambda it: bool(it.ends))
            assert await reader.read() != b""
            writer.close()

    run(main())


def test_a_lost_connection_is_told_once(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            _, writer = await shaken(at.port)
            listener = await at.until_open()
            writer.transport.abort()
            await listener.until(lambda it: bool(it.ends))
            await asyncio.sleep(0)
            assert len(listener.ends) == 1

    run(main())


def test_pings_are_answered_and_count_as_a_sign_of_life(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at, websockets.connect(url(at)) as socket:
            listener = await at.until_open()
            await (await socket.ping())
            assert listener.signs == 1
            listener.link.ping()
            await listener.until(lambda it: it.signs == 2)

    run(main())


@pytest.mark.parametrize(
    ("frames", "close"),
    [
        pytest.param(masked(0x81, b"text"), Close.MALFORMED, id="text"),
        pytest.param(masked(0x02, b"part"), Close.MALFORMED, id="first fragment"),
        pytest.param(masked(0x82, b"echo")[:1] + b"\x04echo", 1002, id="not masked"),
        pytest.param(masked(0x83, b"echo"), 1002, id="reserved opcode"),
        pytest.param(masked(0x89, b"x" * 126), 1002, id="long ping"),
        pytest.param(masked(0x09, b"x"), 1002, id="ping in fragments"),
        pytest.param(masked(0x82, bytes(MAX_TO_SERVER + 1)), 1009, id="too long"),
        pytest.param(b"\x82\xff" + b"\x7f" * 8 + b"mask", 1009, id="length of exabytes"),
    ],
)
def test_frames_that_nobody_should_send_end_the_connection(run: Any, server: Any, frames: bytes, close: int) -> None:
    async def main() -> None:
        async with server() as at:
            reader, writer = await shaken(at.port)
            await at.until_open()
            writer.write(frames)
            assert await close_code(reader) == close
            assert at.listeners[0].messages == []
            writer.close()
            await at.listeners[0].until(lambda it: bool(it.ends))

    run(main())


def test_reserved_bits_are_refused(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            reader, writer = await shaken(at.port)
            await at.until_open()
            writer.write(masked(0xC2, b"echo"))
            assert await close_code(reader) in (Close.MALFORMED, 1002)
            assert at.listeners[0].messages == []
            writer.close()

    run(main())


def test_a_reader_that_stalls_shows_in_what_is_buffered(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            _, writer = await shaken(at.port)
            listener = await at.until_open()
            writer.transport.pause_reading()
            frame = frame_header(1000) + bytes(1000)
            for _ in range(10_000):
                if listener.link.buffered():
                    break
                listener.link.write(frame)
                await asyncio.sleep(0)
            assert listener.link.buffered() > 0
            listener.link.abort()
            await listener.until(lambda it: bool(it.ends))
            writer.close()

    run(main())


def test_a_page_of_another_site_may_not_enter_unless_it_is_allowed(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server(origins=("https://friend.example",)) as at:
            address = url(at)
            for origin in (
                "https://evil.example",
                "null",
                f"http://127.0.0.1:{at.port + 1}",
                "https://friend.example.",
            ):
                with pytest.raises(InvalidStatus) as caught:
                    await websockets.connect(address, origin=origin)
                assert caught.value.response.status_code == 403
            for origin in ("https://friend.example", f"http://127.0.0.1:{at.port}", None):
                async with websockets.connect(address, origin=origin):
                    pass
            assert at.counters.refused["handshake_origin"] == 4

    run(main())


def test_the_subprotocol_is_confirmed_or_the_client_told(run: Any, server: Any) -> None:
    async def main() -> None:
        async with server() as at:
            address = url(at)
            async with websockets.connect(address, subprotocols=["other", SUBPROTOCOL]) as socket:
                assert socket.subprotocol == SUBPROTOCOL
            with pytest.raises(InvalidStatus) as caught:
                await websockets.connect(address, subprotocols=["showroom.v0"])
            assert caught.value.response.status_code == 400

    run(main())


@pytest.mark.parametrize(
    "line",
    [
        b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n",
        HANDSHAKE.replace(b"Version: 13", b"Version: 8"),
        HANDSHAKE.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"short"),
        HANDSHAKE.replace(b"Upgrade: websocket", b"Upgrade: h2c"),
        HANDSHAKE.replace(b"HTTP/1.1", b"HTTP/1.0"),
        HANDSHAKE.replace(b"Host: 127.0.0.1", b"Host 127.0.0.1"),
        HANDSHAKE.replace(b"\r\n\r\n", b"\r\n\xff\xfe: \x00\r\n\r\n"),
    ],
)
def test_broken_handshakes_get_an_http_error_and_no_socket(run: Any, server: Any, line: bytes) -> None:
    async def main() -> None:
        async with server() as at:
            reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
            writer.write(line)
            answer = await reader.read()
            assert answer == b"" or 400 <= int(answer.split(b" ")[1]) < 600
            assert all(listener.link is None for listener in at.listeners)
            writer.close()

    run(main())


def test_the_address_is_believed_only_from_trusted_proxies(run: Any, server: Any) -> None:
    async def main() -> None:
        forwarded = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9, 127.0.0.5"}
        async with server() as at, websockets.connect(url(at), additional_headers=forwarded):
            assert (await at.until_open()).peer == "127.0.0.1"
        async with server(proxies=("127.0.0.0/8",)) as at, websockets.connect(url(at), additional_headers=forwarded):
            assert (await at.until_open()).peer == "203.0.113.9"

    run(main())


def test_picows_still_builds_its_protocol_as_we_do() -> None:
    # factory() copies how ws_create_server calls the class; a new version that does it otherwise must be looked at.
    source = inspect.getsource(picows.api.ws_create_server)
    call = source[source.index("return WSProtocol(") :].partition(")\n")[0]
    lines = [line.split("#")[0].strip(" ,\n") for line in call.replace(', "server"', "").splitlines()[1:]]
    assert [name for line in lines for name in line.split(", ") if name] == [
        "None", "None", "False", "ws_listener_factory", "_resolve_logger(logger_name)",
        "disconnect_on_exception", "websocket_handshake_timeout", "enable_auto_ping", "auto_ping_idle_timeout",
        "auto_ping_reply_timeout", "auto_ping_strategy", "enable_auto_pong", "max_frame_size", "None",
        "read_buffer_init_size",
    ]  # fmt: skip
