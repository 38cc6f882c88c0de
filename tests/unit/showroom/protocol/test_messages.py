"""parse(write(x)) == x, and nothing but ProtocolError for everything else."""

import math
import typing
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom.protocol import actions, events, messages
from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import MAX_BYTES, Close, Mode, ToClient, ToServer
from showroom.protocol.messages import (
    Ack,
    Bye,
    Hello,
    Numbered,
    Ping,
    Pong,
    Refused,
    Resume,
    Resync,
    Say,
    State,
    Who,
    decode_from_client,
    decode_from_server,
    encode_cards,
    encode_event,
    encode_pong,
    encode_refused,
    encode_to_server,
)
from showroom.protocol.pose import Pose, is_pose

u8, u16, u32 = st.integers(0, 255), st.integers(0, 65535), st.integers(0, 2**32 - 1)
i16 = st.integers(-(2**15), 2**15 - 1)

poses = st.builds(
    Pose, time_ms=u32, x=u16, z=u16, y=i16, vx=i16, vz=i16, yaw=u16, turn=st.integers(-128, 127),
    anim=st.integers(0, 63), teleport=st.booleans(),
    rig=st.sampled_from([0, 6, 18]).flatmap(lambda size: st.binary(min_size=size, max_size=size)),
)  # fmt: skip

BOUNDS: dict[str, st.SearchStrategy[str]] = {
    "Id": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}", fullmatch=True),
    "Word": st.from_regex(r"[a-z][a-z0-9_.-]{0,31}", fullmatch=True),
}


def of_type(kind: object) -> st.SearchStrategy[typing.Any]:
    """Values of a bounded field type, from the same annotations that the decoder checks."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        meta: msgspec.Meta = args[1]
        if args[0] is int:
            high = meta.le if meta.le is not None else (meta.lt - 1 if meta.lt is not None else 2**53)
            return st.integers(int(meta.ge or 0), int(high))
        if args[0] is str and meta.pattern:
            return BOUNDS["Id" if "A-Z" in meta.pattern else "Word"]
        if args[0] is str:
            return st.text(min_size=meta.min_length or 0, max_size=min(meta.max_length or 40, 40))
        inner = typing.get_args(args[0])
        if typing.get_origin(args[0]) is list:
            return st.lists(of_type(inner[0]), min_size=meta.min_length or 0, max_size=min(meta.max_length or 4, 4))
        return st.dictionaries(of_type(inner[0]), of_type(inner[1]), max_size=4)
    if origin is tuple:
        return st.tuples(*(of_type(arg) for arg in args))
    if origin is typing.Literal:
        return st.sampled_from(args)
    if args and (origin is typing.Union or "Union" in type(kind).__name__):
        return st.one_of(*(of_type(arg) for arg in args))
    return {int: st.integers(-(2**31), 2**53), bool: st.booleans(), type(None): st.none()}[kind]  # type: ignore[index]


def of_struct(kind: type[msgspec.Struct]) -> st.SearchStrategy[typing.Any]:
    """Structs with all fields at random."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return st.builds(kind, **{field: of_type(hints[field]) for field in kind.__struct_fields__})


any_action = st.one_of(*(of_struct(kind) for kind in typing.get_args(actions.AnyAction)))
any_event = st.one_of(*(of_struct(kind) for kind in typing.get_args(events.AnyEvent)))
texts = st.text(min_size=1, max_size=500)
hellos = st.builds(
    Hello,
    versions=st.tuples(u8, u8),
    ticket=st.just(None),
    resume=st.builds(Resume, key=st.text(min_size=1, max_size=200), cursor=u32),
    caps=u16,
) | st.builds(Hello, ticket=st.text(min_size=1, max_size=200), client=st.text(max_size=64))
from_client = st.one_of(
    hellos,
    poses,
    st.builds(
        State, anim=st.integers(0, 63), emote=st.integers(0, 63), mode=st.sampled_from(Mode),
        focus=st.integers(0, messages.MAX_FOCUS),
    ),
    st.builds(Say, text=texts, n=u32),
    st.builds(Ack, u32),
    st.builds(Who, st.lists(u16, min_size=1, max_size=64).map(tuple)),
    st.builds(Ping, u32),
    st.just(Resync()),
    st.just(Bye()),
    any_action,
)  # fmt: skip


@given(from_client)
def test_what_a_client_writes_the_server_reads_back(message: messages.FromClient) -> None:
    payload = encode_to_server(message)
    if len(payload) > MAX_BYTES[ToServer(payload[0])]:  # 500 characters can be 2,000 bytes, within SAY's bound
        with pytest.raises(ProtocolError):
            decode_from_client(payload)
    else:
        assert decode_from_client(payload) == message


@given(cursor=u32, event=any_event)
def test_what_the_server_writes_a_client_reads_back(cursor: int, event: events.AnyEvent) -> None:
    assert decode_from_server(encode_event(cursor, event)) == Numbered(cursor, event)


@given(st.lists(of_struct(events.Card), max_size=3), u32, u32)
def test_cards_pongs_and_refusals_come_back_alike(cards: list[events.Card], token: int, time_ms: int) -> None:
    assert decode_from_server(encode_cards(cards)) == cards
    assert decode_from_server(encode_pong(token, time_ms)) == Pong(token, time_ms)
    refused = Refused(n=token, code="chat.muted", text="Muted.", wait_ms=time_ms)
    assert decode_from_server(encode_refused(refused)) == refused


@settings(max_examples=400)
@given(st.binary(max_size=200))
def test_noise_is_refused_with_a_code_and_nothing_else(noise: bytes) -> None:
    for kind in [*ToServer, 0x00, 0x41, 0xFF]:
        _must_be_clean(bytes([kind]) + noise)
    _must_be_clean(noise)


@settings(max_examples=400)
@given(from_client, st.data())
def test_mutilated_messages_are_refused_with_a_code_and_nothing_else(
    message: messages.FromClient, data: st.DataObject
) -> None:
    payload = bytearray(encode_to_server(message))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(payload) - 1))
        payload[at] = data.draw(u8)
    cut = data.draw(st.integers(0, len(payload)))
    _must_be_clean(bytes(payload))
    _must_be_clean(bytes(payload[:cut]))
    _must_be_clean(bytes(payload) + b"\x00")


def _error_of(decode: Callable[[bytes], object], payload: bytes) -> ProtocolError | None:
    try:
        decode(payload)
    except ProtocolError as error:
        return error
    return None


def _must_be_clean(payload: bytes) -> None:
    error = _error_of(decode_from_client, payload)
    assert error is None or 4000 <= error.close <= 4999


@settings(max_examples=300)
@given(st.binary(min_size=1, max_size=120))
def test_a_client_refuses_a_servers_noise_the_same_way(noise: bytes) -> None:
    for kind in ToClient:
        error = _error_of(decode_from_server, bytes([kind]) + noise)
        assert error is None or error.close in (Close.MALFORMED, Close.UNKNOWN_MESSAGE)


def test_messages_over_their_bound_are_too_large_before_they_are_read() -> None:
    for kind, most in MAX_BYTES.items():
        with pytest.raises(ProtocolError) as caught:
            decode_from_client(bytes([kind]) + bytes(most))
        assert caught.value.close is Close.TOO_LARGE


@pytest.mark.parametrize(
    "body",
    [
        b"\xdd\xff\xff\xff\xff",  # an array of four thousand million
        b"\xdf\xff\xff\xff\xff",
        b"\x91" * 2000,  # nested two thousand deep
        b"\x81\xa1" * 900,
        msgspec.msgpack.encode({"do": "grab", "thing": "x" * 65}),
        msgspec.msgpack.encode({"do": "grab", "thing": "../etc"}),
        msgspec.msgpack.encode({"do": "grab", "thing": "a", "admin": True}),
        msgspec.msgpack.encode({"do": "no such thing"}),
        msgspec.msgpack.encode({"do": "move", "thing": "a", "at": [math.nan, 0, 0]}),
        msgspec.msgpack.encode({"do": "share", "product": "a", "to": [1] * 9}),
        msgspec.msgpack.encode({"do": "report", "who": 2**32, "reason": "spam"}),
    ],
)
def test_actions_out_of_bounds_are_malformed(body: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode_from_client(bytes([ToServer.ACTION]) + body)
    assert caught.value.close is Close.MALFORMED


def test_a_hello_needs_a_ticket_or_a_key_and_not_both() -> None:
    for hello in (Hello(), Hello(ticket="t", resume=Resume("k", 0))):
        with pytest.raises(ProtocolError):
            decode_from_client(encode_to_server(hello))


@given(st.binary(max_size=40))
def test_what_passes_for_a_pose_decodes(noise: bytes) -> None:
    payload = b"\x02" + noise
    if is_pose(payload):
        assert Pose.decode(payload).encode() == payload
    else:
        with pytest.raises(ProtocolError):
            decode_from_client(payload)


def test_close_codes_say_by_their_number_whether_to_come_back() -> None:
    assert Close.GOING_AWAY.may_retry
    assert not Close.BANNED.may_retry
    assert all(code.may_retry == (code < 4500) for code in Close)
    assert len({int(code) for code in Close}) == len(Close)
