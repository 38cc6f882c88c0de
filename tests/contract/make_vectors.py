"""
Write the golden vectors of the wire protocol: ``python tests/contract/make_vectors.py``.

Each file in ``tests/contract/vectors/`` is JSON: bytes as hex beside what they mean. Python and TypeScript both read
them, so that neither can drift alone. Written from seeded scenes: the same bytes on every machine.
"""

import json
import random
import sys
from pathlib import Path
from typing import Any

import msgspec

from showroom.protocol import actions, events
from showroom.protocol.body import BONES, Body, decode_bodies, encode_bodies, rotations_of
from showroom.protocol.ids import Anim, Cap, Close, Mode, Refusal, ToClient, ToServer
from showroom.protocol.messages import (
    Ack,
    Bye,
    FloorInfo,
    Hello,
    Limits,
    Numbered,
    Ping,
    Refused,
    Resume,
    Resync,
    Say,
    State,
    Welcome,
    Who,
    encode_cards,
    encode_event,
    encode_pong,
    encode_refused,
    encode_to_server,
    encode_welcome,
)
from showroom.protocol.pose import Pose
from showroom.protocol.receiver import Correction, Crowd
from showroom.protocol.rig import pack_part, unpack_part
from showroom.world import Floor, Rules, World

HERE = Path(__file__).parent / "vectors"

FIELDS = ("slot", "rev", "x", "z", "y", "yaw", "anim", "emote", "mode", "focus", "jumped")

Json = dict[str, Any]


def main(folder: Path = HERE) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in (
        ("ids", ids()),
        ("to_server", to_server()),
        ("to_client", to_client()),
        ("malformed", malformed()),
        ("stream", stream()),
        ("crowd", crowd()),
        ("rig", rig()),
        ("body", body()),
    ):
        (folder / f"{name}.json").write_text(lines(content) + "\n")


def lines(content: Any) -> str:
    """JSON with one line for each message, so that a change shows where it is."""
    if isinstance(content, list):
        return "[\n" + ",\n".join(json.dumps(item, ensure_ascii=False) for item in content) + "\n]"
    parts = [
        f"{json.dumps(key)}: {lines(value) if isinstance(value, list) else json.dumps(value)}"
        for key, value in content.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}"


def ids() -> Json:
    """Every number, by name."""
    kinds = {"to_server": ToServer, "to_client": ToClient, "refusal": Refusal, "mode": Mode, "anim": Anim, "cap": Cap}
    return {
        **{name: {member.name: int(member) for member in kind} for name, kind in kinds.items()},
        "close": {code.name: {"code": int(code), "may_retry": code.may_retry} for code in Close},
    }


def to_server() -> list[Json]:
    """What clients write."""
    rig = bytes([250, 165, 8, 1, 2, 3])
    messages = [
        Hello(ticket="seat.abc.def", caps=Cap.FAR, client="vectors/1"),
        Hello(resume=Resume("key-1", 42)),
        Pose(time_ms=1000, x=250, z=1300, vx=1400, vz=-200, yaw=16384, turn=-3),
        Pose(time_ms=2**32 - 1, x=0, z=65535, y=-5, anim=Anim.SIT, teleport=True, rig=rig),
        Pose(time_ms=0, x=1, z=2, rig=rig * 3),
        State(anim=Anim.DANCE, emote=5, mode=Mode.INSPECTING, focus=300),
        Say(text="Schöner Stuhl! 🪑", n=7),
        Say(text="just you", scope="private", to=12),
        Ack(70000),
        Who((1, 2, 513)),
        Ping(0xDEADBEEF),
        Resync(),
        Bye(),
        actions.React(kind="heart", to=3, n=1),
        actions.Share(product="chair", variant="oak", yaw=-4500, pitch=1000, distance_mm=1500, to=[3, 4]),
        actions.Share(product="sofa", plan="sofa~SOFA-1~1200~0~-350~900!!0~0~4000~0~4000~3000"),
        actions.Unshare(),
        actions.Follow(who=3),
        actions.Lead(to=3),
        actions.Grab(thing="lamp.1", n=9),
        actions.Move(thing="lamp.1", at=(100, 80, -20), turn=(0, 7071, 0, 7071)),
        actions.Release(thing="lamp.1", at=(100, 0, 200)),
        actions.HandOver(thing="lamp.1", to=3),
        actions.Party(op="invite", who=3),
        actions.Wear(items=[("hat", None), ("jacket", "red")]),
        actions.Embody(on=True),
        actions.Vote(op="open", product="hat", variant="hat-red", scope="near", n=11),
        actions.Vote(op="answer", who=3, answer="unsure"),
        actions.Vote(op="close"),
        Body(),
        Body.of({"neck": (0.0, 0.3826834, 0.0, 0.9238795), "head": (0.6, 0.0, -0.48, 0.64)}),
        actions.Look(avatar="avatar/7", tint=[0xFF0000]),
        actions.Host(op="stage.start", args={"scene": 2, "fade": True, "title": "Now"}),
        actions.Moderate(op="mute", who=5, minutes=10, reason="spam"),
        actions.Report(who=5, reason="spam", text="again"),
        actions.Block(who=5),
        actions.Signal(to=3, kind="offer", data="v=0"),
        actions.Voice(on=True),
        actions.Shop(watch=["sku-1"]),
        actions.Rate(hz=10),
    ]
    return [
        {"message": type(message).__name__, "hex": encode_to_server(message).hex(), "means": plain(message)}
        for message in messages
    ]


FLOOR = FloorInfo(corner_mm=(-10000, -5000), size_cm=(2000, 1000), cell_cm=700, columns=3, rows=2, y_cm=(0, 300))


def to_client() -> list[Json]:
    """What the server writes, but for frames."""
    limits = Limits(
        speed_mms=4000, teleport_cm=800, teleport_ms=1000, error_cm=5, error_yaw=4, pose_ms=1000, pose_hz=20,
        rest_ms=1200, text=500, body_hz=12, vote_s=60, plan=2000,
    )  # fmt: skip
    hello = Welcome(
        version=1, slot=3, member=77, room="main", key="key-1", cursor=41, resumed=False, hz=20, time_ms=123456,
        floor=FLOOR, limits=limits, store="demo", ice=[{"urls": "stun:example.org"}],
    )  # fmt: skip
    happened = [
        events.Said(id=9, who=77, name="Ada", text="hello", scope="room", at_ms=1700000000000),
        events.Unsaid(ids=[9]),
        events.Reacted(who=77, kind="heart"),
        events.Shared(who=77, product="chair", variant="oak", yaw=-4500, pitch=1000, distance_mm=1500),
        events.Shared(who=77, product="sofa", plan="sofa~SOFA-1~1200~0~-350~900!!0~0~4000~0~4000~3000"),
        events.Unshared(who=77),
        events.Held(thing="lamp.1", who=77),
        events.Held(thing="lamp.1", who=None, at=(100, 0, 200), turn=(0, 0, 0, 10000)),
        events.PartyIs(members=[(77, "Ada"), (78, "Bo")]),
        events.Invited(who=78, name="Bo"),
        events.Moderated(op="mute", until_ms=1700000600000, reason="spam"),
        events.Hosted(op="stage.start", args={"scene": 2}, at_ms=1700000000000),
        events.Stock(left={"sku-1": 3}),
        events.Cart(revision=4),
        events.Nearby(members=[78]),
        events.Signalled(who=78, kind="answer", data="v=0"),
        events.VoteIs(who=78, product="hat", variant="hat-red", asked=3, yes=1, until_ms=1700000060000),
        events.VoteIs(who=78, product="hat", asked=3, yes=1, no=1, unsure=1, until_ms=1700000060000, over=True),
        events.Job(job="job-1", step="textures", done=500),
        events.Told(code="maintenance", text="Back in a minute."),
    ]
    cards = [
        events.Card(slot=3, rev=1, member=77, name="Ada", wears=[("hat", None)], party=5),
        events.Card(slot=513, rev=255, member=78, name="Bo", role="host", avatar="avatar/7", tint=[255], muted=True),
    ]
    correction = Correction(reason=Refusal.WALL, x=250, z=1300, y=-5, yaw=65535, time_ms=99)
    return [
        {"message": "Welcome", "hex": encode_welcome(hello).hex(), "means": plain(hello)},
        *(
            {"message": "Numbered", "hex": encode_event(42 + n, event).hex(), "means": plain(Numbered(42 + n, event))}
            for n, event in enumerate(happened)
        ),
        {"message": "Cards", "hex": encode_cards(cards).hex(), "means": plain(cards)},
        {"message": "Pong", "hex": encode_pong(1, 2**32 - 1).hex(), "means": {"token": 1, "time_ms": 2**32 - 1}},
        {
            "message": "Refused",
            "hex": encode_refused(Refused(n=9, code="thing.held", text="Bo has it.", wait_ms=500)).hex(),
            "means": plain(Refused(n=9, code="thing.held", text="Bo has it.", wait_ms=500)),
        },
        {"message": "Correction", "hex": correction.encode().hex(), "means": plain(correction)},
    ]


def malformed() -> list[Json]:
    """What a server must refuse, and with which code."""
    pose = Pose(time_ms=1000, x=250, z=1300).encode()
    pack = msgspec.msgpack.encode
    cases = [
        ("an empty message", b"", Close.MALFORMED),
        ("an id that nobody may send", b"\x42", Close.UNKNOWN_MESSAGE),
        ("an id that there is not", b"\xff\x00", Close.UNKNOWN_MESSAGE),
        ("a pose without its last byte", pose[:-1], Close.MALFORMED),
        ("a pose with one byte too many", pose + b"\0", Close.MALFORMED),
        ("a pose with hands and no head", pose[:1] + b"\x04" + pose[2:] + bytes(12), Close.MALFORMED),
        ("a pose with a flag that there is not", pose[:1] + b"\x08" + pose[2:], Close.MALFORMED),
        ("a pose in animation 64", pose[:19] + b"\x40", Close.MALFORMED),
        ("a pose longer than any", pose + bytes(30), Close.TOO_LARGE),
        ("a state in mode 5", bytes([3, 0, 0, 5, 0, 0]), Close.MALFORMED),
        ("an ACK that is cut", bytes([6, 1, 0]), Close.MALFORMED),
        ("a WHO that lies about its length", bytes([7, 3, 1, 0]), Close.MALFORMED),
        ("a WHO for nobody", bytes([7, 0]), Close.MALFORMED),
        ("a HELLO with nothing in it", b"\x01\x80", Close.MALFORMED),
        ("a HELLO that is no MessagePack", b"\x01\xc1", Close.MALFORMED),
        ("a HELLO of three kilobytes", b"\x01" + bytes(3000), Close.TOO_LARGE),
        ("chat without text", b"\x04" + pack({"text": ""}), Close.MALFORMED),
        ("chat of 501 characters", b"\x04" + pack({"text": "x" * 501}), Close.MALFORMED),
        ("an action that there is not", b"\x05" + pack({"do": "fly"}), Close.MALFORMED),
        ("an action with a field too many", b"\x05" + pack({"do": "voice", "on": True, "admin": 1}), Close.MALFORMED),
        ("a body without its mask", bytes([11, 1, 0]), Close.MALFORMED),
        ("a body that lacks a rotation", bytes([11, 3, 0, 0, 1, 2, 3, 4]), Close.MALFORMED),
        ("a body with a rotation too many", bytes([11, 0, 0, 0, 1, 2, 3, 4]), Close.MALFORMED),
        ("a body with a bone that there is not", bytes([11, 0, 0, 16, 1, 2, 3, 4]), Close.MALFORMED),
        ("a body longer than any", bytes([11, 255, 255, 15]) + bytes(84), Close.TOO_LARGE),
        (
            "a vote for maybe",
            b"\x05" + pack({"do": "vote", "op": "answer", "who": 1, "answer": "maybe"}),
            Close.MALFORMED,
        ),
        ("nine things worn", b"\x05" + pack({"do": "wear", "items": [["hat", None]] * 9}), Close.MALFORMED),
        ("a thing worn that is no id", b"\x05" + pack({"do": "wear", "items": [["../etc", None]]}), Close.MALFORMED),
        ("an array of 4,294,967,295 announced", b"\x05\xdd\xff\xff\xff\xff", Close.MALFORMED),
    ]
    return [{"what": what, "hex": data.hex(), "close": int(close)} for what, data, close in cases]


def stream() -> Json:
    """A walk through every part of a block, and what a receiver must hold after each message."""
    world = World(Floor((2100, 1400)), capacity=600, rules=Rules(speed_mms=60000, slack_cm=1e9))
    steps: list[Json] = []
    receiver = Crowd(cell_cm=700, columns=world.columns, rows=world.rows)
    me = world.enter(0, at_cm=(300, 300, 0), teleports=True)
    other = world.enter(0, at_cm=(500, 300, 0), teleports=True)
    now = 0

    def step(what: str, slot: int | None = None, **pose: Any) -> None:
        nonlocal now
        now += 50
        if slot is not None:
            assert world.apply(now, [slot], [Pose(time_ms=now, **pose).encode()]).accepted
        tick = world.tick(now)
        data = b"".join(data for data, slots in tick.frames if me in slots)
        data += b"".join(data for slot, data in tick.private if slot == me)
        for message in payloads(data):
            if message[0] != ToClient.CORRECT:
                receiver.receive(message)
            steps.append({"what": what, "hex": message.hex(), "near": seen(receiver), "centre": receiver.centre})

    step("a keyframe, and where one stands")
    step("one step of (3, -4) cm", other, x=503, z=296)
    step("a run of (40, 20) cm, and turned by a quarter", other, x=543, z=316, yaw=16384)
    step("further than 127 cm", other, x=643, z=616)
    step("a jump", other, x=403, z=316, teleport=True)
    step("onto a step of 40 cm, sitting", other, x=403, z=316, y=40, anim=int(Anim.SIT))
    world.set_state(other, anim=0, emote=5, mode=Mode.INSPECTING, focus=300)
    step("an emote, and inspecting product slot 300")
    world.card_changed(other)
    step("another look: leaves and enters in one block")
    third = world.enter(now, at_cm=(1000, 900, 0))
    step("somebody enters in the cell beside")
    step("with a head and hands", other, x=403, z=316, rig=bytes(range(18)))
    step("(and again, for whoever is in the same cell)", other, x=404, z=316, rig=bytes(range(18)))
    step("somebody moves over into this cell", third, x=600, z=600)
    step("oneself moves over into the next cell: a frame of the old one, then a partial keyframe", me, x=800, z=300)
    world.leave(other)
    step("somebody leaves")
    crowd_ = random.Random(3)
    for _ in range(280):
        world.enter(now, at_cm=(crowd_.randrange(700, 1400), crowd_.randrange(700), 0), attached=False)
    step("a crowd of 280: counts and indexes of two bytes")
    step("one of them moves: a mask", 290 - 8, x=1001, z=333)
    world.attach(me)
    step("a full keyframe again, wide")
    return {
        "cell_cm": 700, "columns": world.columns, "rows": world.rows, "fields": [*FIELDS, "rig"], "steps": steps,
    }  # fmt: skip


def crowd() -> Json:
    """The crowd beyond the neighbourhood."""
    random_ = random.Random(8)
    world = World(Floor((4900, 4900)), capacity=120)
    receiver = Crowd(cell_cm=700, columns=world.columns, rows=world.rows)
    me = world.enter(0, at_cm=(2400, 2400, 0))
    for _ in range(60):
        world.enter(0, at_cm=(random_.randrange(4900), random_.randrange(4900), 0), attached=False)
    for now in range(50, 2200, 50):
        tick = world.tick(now)
        data = b"".join(data for data, slots in tick.frames if me in slots)
        for message in payloads(data):
            if message[0] == ToClient.FAR:
                receiver.receive(message)
                places = {str(slot): list(place) for slot, place in sorted(receiver.far.items())}
                return {"cell_cm": 700, "columns": 7, "rows": 7, "hex": message.hex(), "far": places}
    raise AssertionError("no FAR within two seconds")


def rig() -> list[Json]:
    """Parts in six bytes, and what they mean; a reader agrees to three digits."""
    half = 0.5**0.5
    parts = [
        ((0, 170, 0), (0.0, 0.0, 0.0, 1.0)),
        ((-30, 110, 45), (half, 0.0, 0.0, half)),
        ((30, 110, 45), (0.0, -half, half, 0.0)),
        ((127, 255, -128), (-0.5, 0.5, -0.5, 0.5)),
        ((0, 0, 0), (0.1, 0.2, -0.4, -0.8888194)),
    ]
    packed = [pack_part(part) for part in parts]
    return [
        {"of": part, "hex": data.hex(), "rotation": [round(value, 3) for value in unpack_part(data)[1]]}
        for part, data in zip(parts, packed, strict=True)
    ]


def body() -> Json:
    """Bodies as they go up and come down, and the rotations in them; a reader agrees to three digits."""
    half = 0.5**0.5
    none = (0.0, 0.0, 0.0, 1.0)
    bodies: list[dict[str, tuple[float, float, float, float]]] = [
        {},
        {"neck": (0.0, 0.3826834, 0.0, 0.9238795), "head": none},
        {"hips": none, "leftUpperArm": (0.0, 0.0, -half, half), "rightUpperArm": (0.5, -0.5, 0.5, -0.5)},
        {name: (half * (n % 2), -half, half * (1 - n % 2), 0.0) for n, name in enumerate(BONES)},
    ]
    told = [Body.of(rotations) for rotations in bodies]
    records = {7 * n * n: one.encode()[1:] for n, one in enumerate(told)}
    assert decode_bodies(encode_bodies(records)) == records
    return {
        "bones": list(BONES),
        "up": [
            {
                "of": rotations,
                "hex": one.encode().hex(),
                "rotations": {
                    name: [round(value, 3) for value in rotation]
                    for name, rotation in rotations_of(one.encode()[1:]).items()
                },
            }
            for rotations, one in zip(bodies, told, strict=True)
        ],
        "down": [{"hex": encode_bodies(records).hex(), "bodies": {str(n): data.hex() for n, data in records.items()}}],
    }


def payloads(data: bytes) -> list[bytes]:
    """The messages in some WebSocket frames of the server."""
    found, at = [], 0
    while at < len(data):
        size, head = data[at + 1], 2
        if size == 126:
            size, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
        found.append(data[at + head : at + head + size])
        at += head + size
    return found


def seen(receiver: Crowd) -> list[list[Any]]:
    """Who is near, by slot, as rows of ``FIELDS`` and the rig."""
    return [
        [*(getattr(person, field) for field in FIELDS), person.rig.hex()] for _, person in sorted(receiver.near.items())
    ]


def plain(message: object) -> Any:
    """A struct as JSON types; bytes as hex."""
    return (
        msgspec.to_builtins(message, enc_hook=str, builtin_types=())
        if not isinstance(message, Pose)
        else {
            **{field: getattr(message, field) for field in message.__struct_fields__ if field != "rig"},
            "rig": message.rig.hex(),
        }
    )


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
