"""
The messages other than the hot ones, and the one entry to decode what a client sends.

A message is an id byte and a body. Bodies are a few fixed little-endian bytes, or MessagePack maps of the structs in
``actions`` and ``events``. ``decode_from_client`` raises nothing but ProtocolError.
"""

import struct
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from showroom.protocol.actions import AnyAction
from showroom.protocol.body import Body
from showroom.protocol.errors import ProtocolError
from showroom.protocol.events import AnyEvent, Card
from showroom.protocol.fields import U8, U16, U32, Cm, Id, Member, Note, Text, Token, Word
from showroom.protocol.ids import MAX_BYTES, Close, Mode, ToClient, ToServer
from showroom.protocol.pose import POSE_SIZES, Pose


class Resume(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a client wants to go on: its key from WELCOME and the cursor of the last event it has."""

    key: Token
    cursor: U32


class Hello(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The first message. Exactly one of ``ticket`` and ``resume``."""

    versions: tuple[U8, U8] = (1, 1)
    """Lowest and highest that the client speaks."""
    ticket: Token | None = None
    resume: Resume | None = None
    caps: U16 = 0
    """Bits of ``ids.Cap``."""
    client: Annotated[str, Meta(max_length=64)] = ""
    """Name and version of the program, for the logs."""


class FloorInfo(Struct, frozen=True, kw_only=True):
    """What a client must know of the floor to read and write positions."""

    corner_mm: tuple[int, int]
    """x and z of the floor's corner in the store's space: position = corner + centimetres."""
    size_cm: tuple[U16, U16]
    cell_cm: U16
    columns: U16
    rows: U16
    y_cm: tuple[Cm, Cm]


class Limits(Struct, frozen=True, kw_only=True):
    """What the server takes from a client."""

    speed_mms: U16
    """The fastest that an avatar may run."""
    teleport_cm: U16
    """0: no teleports here."""
    teleport_ms: U16
    """The least time between two."""
    error_cm: U8
    """Send a pose when the prediction is off by more than this..."""
    error_yaw: U8
    """...or by more than this many 256ths of a turn..."""
    pose_ms: U16
    """...or after this long..."""
    pose_hz: U8
    """...but never more often than this."""
    rest_ms: U16
    """How long a velocity counts without news."""
    text: U16
    """Longest chat message, characters."""
    body_hz: U8 = 0
    """BODY is taken, so many times a second; 0: not at all."""
    vote_s: U16 = 0
    """How long a vote runs; 0: there are none."""
    plan: U16 = 0
    """Longest plan of a room in ``share``, characters; 0: none may be shown."""


class Welcome(Struct, frozen=True, kw_only=True):
    """The answer to HELLO; what follows is a KEYFRAME and, on resume, the events missed."""

    version: U8
    slot: U16
    member: Member
    room: Id
    key: Token
    """To resume with. Secret."""
    cursor: U32
    """The cursor of the event before the first that will come."""
    resumed: bool
    hz: U8
    time_ms: U32
    """The server's clock, that frames are stamped with."""
    floor: FloorInfo
    limits: Limits
    store: Id | None = None
    """The store manifest to show."""
    ice: Annotated[list[dict[str, str]], Meta(max_length=8)] = []
    """Servers for WebRTC."""


class Say(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Chat."""

    text: Text
    scope: Literal["room", "near", "party", "private"] = "room"
    to: Member | None = None
    n: U32 = 0


class State(Struct, frozen=True):
    """Animation, emote and what the person looks at. Five bytes on the wire."""

    anim: U8
    """0 to 63."""
    emote: U8
    """0 to 63; the server counts, so that the same one can be shown twice."""
    mode: Mode
    focus: U16
    """The product slot of the store manifest, counted from 1, at most 8,191; 0: none."""


class Ack(Struct, frozen=True):
    """All events up to and with this cursor have arrived."""

    cursor: U32


class Who(Struct, frozen=True):
    """Asks for the cards of up to 64 slots."""

    slots: tuple[int, ...]


class Ping(Struct, frozen=True):
    """A number of the client's own, to come back in PONG."""

    token: U32


class Resync(Struct, frozen=True):
    """A gap in the frames: asks for a keyframe."""


class Bye(Struct, frozen=True):
    """Leaving for good: the seat is free at once."""


class Refused(Struct, frozen=True, kw_only=True):
    """A request that was not carried out. Not kept: it concerns this moment."""

    n: U32
    code: Word
    text: Note
    wait_ms: U32 = 0


class Numbered(Struct, frozen=True):
    """An event with its cursor."""

    cursor: U32
    event: AnyEvent


class Pong(Struct, frozen=True):
    """The client's number and the server's clock, milliseconds."""

    token: U32
    time_ms: U32


FromClient = Hello | Pose | Body | State | Say | AnyAction | Ack | Who | Ping | Resync | Bye
FromServer = Welcome | Numbered | list[Card] | Pong | Refused

T = TypeVar("T")

_to_pack: Final = msgspec.msgpack.Encoder()
_hello: Final = msgspec.msgpack.Decoder(Hello)
_say: Final = msgspec.msgpack.Decoder(Say)
_action: Final[msgspec.msgpack.Decoder[AnyAction]] = msgspec.msgpack.Decoder(AnyAction)
_event: Final[msgspec.msgpack.Decoder[AnyEvent]] = msgspec.msgpack.Decoder(AnyEvent)
_welcome: Final = msgspec.msgpack.Decoder(Welcome)
_cards: Final[msgspec.msgpack.Decoder[list[Card]]] = msgspec.msgpack.Decoder(Annotated[list[Card], Meta(max_length=64)])
_refused: Final = msgspec.msgpack.Decoder(Refused)

_STATE: Final = struct.Struct("<BBBBH")
_U32: Final = struct.Struct("<BI")
_PONG: Final = struct.Struct("<BII")
MAX_WHO: Final = 64
MAX_FOCUS: Final = 8191


def encode_to_server(message: FromClient) -> bytes:
    """One message of a client as bytes."""
    match message:
        case Hello():
            return bytes((ToServer.HELLO,)) + _to_pack.encode(message)
        case Pose() | Body():
            return message.encode()
        case State():
            return _STATE.pack(ToServer.STATE, message.anim, message.emote, message.mode, message.focus)
        case Say():
            return bytes((ToServer.SAY,)) + _to_pack.encode(message)
        case Ack():
            return _U32.pack(ToServer.ACK, message.cursor)
        case Who():
            return struct.pack(f"<BB{len(message.slots)}H", ToServer.WHO, len(message.slots), *message.slots)
        case Ping():
            return _U32.pack(ToServer.PING, message.token)
        case Resync():
            return bytes((ToServer.RESYNC,))
        case Bye():
            return bytes((ToServer.BYE,))
        case _:
            return bytes((ToServer.ACTION,)) + _to_pack.encode(message)


def decode_from_client(payload: bytes) -> FromClient:
    """
    Read a client's message.

    Raises
    ------
    ProtocolError
        For whatever is not exactly a message of the tables, and only that.
    """
    if not payload:
        raise ProtocolError(Close.MALFORMED, "an empty message")
    kind = payload[0]
    longest = _LONGEST.get(kind)
    if longest is None:
        raise ProtocolError(Close.UNKNOWN_MESSAGE, f"message id {kind:#04x}")
    if len(payload) > longest:
        raise ProtocolError(Close.TOO_LARGE, f"{len(payload)} bytes of {ToServer(kind).name}, {longest} allowed")
    if kind == ToServer.POSE:
        if len(payload) not in POSE_SIZES:
            raise ProtocolError(Close.MALFORMED, f"POSE of {len(payload)} bytes")
        return Pose.decode(payload)
    if kind == ToServer.BODY:
        return Body.decode(payload)
    if kind == ToServer.ACTION:
        return unpack(_action, payload[1:])
    if kind == ToServer.SAY:
        return unpack(_say, payload[1:])
    if kind == ToServer.HELLO:
        hello = unpack(_hello, payload[1:])
        if (hello.ticket is None) == (hello.resume is None):
            raise ProtocolError(Close.MALFORMED, "HELLO needs a ticket or a resume key, not both")
        return hello
    return _decode_fixed(ToServer(kind), payload)


def _decode_fixed(kind: ToServer, payload: bytes) -> FromClient:
    try:
        if kind == ToServer.STATE:
            _, anim, emote, mode, focus = _STATE.unpack(payload)
            if anim > 63 or emote > 63 or focus > MAX_FOCUS:
                raise ProtocolError(Close.MALFORMED, f"STATE with animation {anim}, emote {emote}, slot {focus}")
            return State(anim, emote, Mode(mode), focus)
        if kind == ToServer.ACK:
            return Ack(_U32.unpack(payload)[1])
        if kind == ToServer.PING:
            return Ping(_U32.unpack(payload)[1])
        if kind == ToServer.WHO:
            count = payload[1]
            if not 1 <= count <= MAX_WHO:
                raise ProtocolError(Close.MALFORMED, f"WHO of {count} slots")
            return Who(struct.unpack(f"<BB{count}H", payload)[2:])
    except (struct.error, ValueError, IndexError) as error:
        raise ProtocolError(Close.MALFORMED, f"{kind.name} of {len(payload)} bytes") from error
    return Resync() if kind == ToServer.RESYNC else Bye()


def encode_welcome(welcome: Welcome) -> bytes:
    """WELCOME."""
    return bytes((ToClient.WELCOME,)) + _to_pack.encode(welcome)


def encode_event(cursor: int, event: AnyEvent) -> bytes:
    """EVENT: id, cursor u32, MessagePack."""
    return _U32.pack(ToClient.EVENT, cursor) + _to_pack.encode(event)


def encode_event_body(event: AnyEvent) -> bytes:
    """An event without its cursor, to be given to many with ``encode_numbered``."""
    return _to_pack.encode(event)


def encode_numbered(cursor: int, body: bytes) -> bytes:
    """EVENT from an encoded body."""
    return _U32.pack(ToClient.EVENT, cursor) + body


def encode_cards(cards: list[Card]) -> bytes:
    """CARDS, the answer to WHO; slots that nobody stands in are left out."""
    return bytes((ToClient.CARDS,)) + _to_pack.encode(cards)


def encode_pong(token: int, time_ms: int) -> bytes:
    """PONG."""
    return _PONG.pack(ToClient.PONG, token, time_ms & 0xFFFFFFFF)


def encode_refused(refused: Refused) -> bytes:
    """REFUSED."""
    return bytes((ToClient.REFUSED,)) + _to_pack.encode(refused)


def decode_from_server(payload: bytes) -> FromServer:
    """
    Read a server's message other than FRAME, KEYFRAME, FAR and CORRECT (``receiver`` reads those).

    Raises
    ------
    ProtocolError
        If it is not one.
    """
    if not payload:
        raise ProtocolError(Close.MALFORMED, "an empty message")
    try:
        match payload[0]:
            case ToClient.EVENT:
                return Numbered(_U32.unpack_from(payload)[1], unpack(_event, payload[5:]))
            case ToClient.CARDS:
                return unpack(_cards, payload[1:])
            case ToClient.PONG:
                _, token, time_ms = _PONG.unpack(payload)
                return Pong(token, time_ms)
            case ToClient.REFUSED:
                return unpack(_refused, payload[1:])
            case ToClient.WELCOME:
                return unpack(_welcome, payload[1:])
    except struct.error as error:
        raise ProtocolError(Close.MALFORMED, f"message {payload[0]:#04x} of {len(payload)} bytes") from error
    raise ProtocolError(Close.UNKNOWN_MESSAGE, f"message id {payload[0]:#04x}")


def unpack(decoder: "msgspec.msgpack.Decoder[T]", body: bytes) -> T:
    """MessagePack of a known shape, or ProtocolError."""
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(Close.MALFORMED, str(error)[:200]) from error


_LONGEST: Final[dict[int, int]] = {int(kind): size for kind, size in MAX_BYTES.items()}
