"""The delta stream under any interleaving: whoever applies the frames holds exactly the server's quantised state."""

import random

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from walkers import Audience, messages_in

from showroom.protocol.ids import Mode, ToClient
from showroom.protocol.pose import Pose
from showroom.protocol.receiver import Crowd
from showroom.world import Floor, Rules, Tick, World
from showroom.world.slots import RoomIsFull

ANYTHING_GOES = Rules(
    speed_mms=60000, slack_cm=1e9, teleport_cm=60000, teleport_ms=0, lead_ms=10**9, reach_cm=999, flood_burst=10**9
)
EDGE = 4000


class StreamUnderAnyInterleaving(RuleBasedStateMachine):
    """Enter, leave, walk, run, jump, dress, miss frames, come back: after each tick everybody is compared."""

    @initialize(edge=st.sampled_from([600, 1500, EDGE]))
    def open_the_room(self, edge: int) -> None:
        self.edge = edge
        self.world = World(Floor((edge, edge)), capacity=24, rules=ANYTHING_GOES)
        self.audience = Audience(self.world)
        self.now = 1000
        self.poses: list[tuple[int, bytes]] = []
        self.deaf: set[int] = set()

    people = st.integers(0, 23)
    share = st.floats(0, 1)

    def somebody(self, number: int) -> int | None:
        slots = sorted(self.audience.crowds)
        return slots[number % len(slots)] if slots else None

    @rule(x=share, z=share)
    def enter(self, x: float, z: float) -> None:
        try:
            slot = self.world.enter(self.now, at_cm=(int(x * self.edge), int(z * self.edge), 0), teleports=True)
        except RoomIsFull:
            return
        self.audience.sit(slot)

    @rule(who=people)
    def leave(self, who: int) -> None:
        slot = self.somebody(who)
        if slot is not None:
            self.world.leave(slot)
            self.audience.go(slot)
            self.deaf.discard(slot)

    @rule(
        who=people, dx=st.integers(-9, 9) | st.integers(-300, 300) | st.integers(-EDGE, EDGE),
        dz=st.integers(-400, 400),
        v=st.integers(-6000, 6000), y=st.sampled_from([0, 0, 40, 300]), turn=st.integers(-128, 127), jump=st.booleans(),
        rig=st.sampled_from([b"", bytes(6), bytes(18)]), anim=st.integers(0, 63), yaw=st.integers(0, 65535),
    )  # fmt: skip
    def move(
        self, who: int, dx: int, dz: int, v: int, y: int, turn: int, jump: bool, rig: bytes, anim: int, yaw: int
    ) -> None:
        slot = self.somebody(who)
        if slot is None:
            return
        x, z, _, _ = self.world.position(slot)
        pose = Pose(
            time_ms=self.now, x=min(max(x + dx, 0), self.edge), z=min(max(z + dz, 0), self.edge), y=y, vx=v, vz=-v // 2,
            yaw=yaw, turn=turn, anim=anim, teleport=jump, rig=rig,
        )  # fmt: skip
        self.poses.append((slot, pose.encode()))

    @rule(who=people, emote=st.integers(0, 63), focus=st.integers(0, 8191), mode=st.sampled_from(Mode))
    def gesture(self, who: int, emote: int, focus: int, mode: Mode) -> None:
        slot = self.somebody(who)
        if slot is not None:
            self.world.set_state(slot, anim=emote // 2, emote=emote, mode=mode, focus=focus)

    @rule(who=people)
    def dress(self, who: int) -> None:
        slot = self.somebody(who)
        if slot is not None:
            self.world.card_changed(slot)

    @rule(who=people)
    def stop_reading(self, who: int) -> None:
        slot = self.somebody(who)
        if slot is not None:
            self.deaf.add(slot)

    @precondition(lambda self: bool(self.deaf))
    @rule()
    def read_again(self) -> None:
        for slot in self.deaf:
            self.world.attach(slot)
        self.deaf.clear()

    @rule(ms=st.sampled_from([50, 50, 50, 1, 700, 2500]))
    def tick(self, ms: int) -> None:
        self.now += ms
        # what was sent before counts as of now: clocks are another test's business
        slots = [slot for slot, _ in self.poses if slot in self.world]
        payloads = [payload for slot, payload in self.poses if slot in self.world]
        applied = self.world.apply(self.now, slots, payloads)
        assert not applied.malformed
        self.poses = []
        self.audience.hear(self.world.tick(self.now), deaf=frozenset(self.deaf))
        self.world.sent(self.now)
        self.audience.check()


StreamUnderAnyInterleaving.TestCase.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestStreamUnderAnyInterleaving = StreamUnderAnyInterleaving.TestCase


@pytest.mark.parametrize("crowd", [40, 700])
def test_a_crowd_in_one_cell_is_held_right_by_everybody_who_watches(crowd: int) -> None:
    """More than 255 in a cell need the wide form of counts and indexes."""
    random_ = random.Random(crowd)
    world = World(Floor((700, 700)), capacity=crowd, rules=ANYTHING_GOES)
    audience = Audience(world)
    for number in range(crowd):
        slot = world.enter(0, at_cm=(random_.randrange(700), random_.randrange(700), 0), attached=number < 3)
        if number < 3:
            audience.sit(slot)
    for tick in range(1, 30):
        now = tick * 50
        moving = random_.sample(range(crowd), crowd if tick % 3 else 9)
        poses = [
            Pose(
                time_ms=now, x=random_.randrange(700), z=random_.randrange(700), vx=random_.randrange(-3000, 3000),
                yaw=random_.randrange(65536), y=random_.choice([0, 10]), anim=random_.randrange(8),
            ).encode()
            for _ in moving
        ]  # fmt: skip
        world.apply(now, moving, poses)
        if tick % 5 == 0:
            for slot in random_.sample(range(3, crowd), 5):
                world.card_changed(slot)
        audience.hear(world.tick(now))
        audience.check()


def test_nobody_who_stands_still_costs_a_byte_but_for_the_beat_of_a_second() -> None:
    world = World(Floor((2000, 2000)), capacity=50)
    audience = Audience(world)
    for number in range(50):
        audience.sit(world.enter(0, at_cm=(number * 40, number * 31, 0), far=False))
    audience.hear(world.tick(50))
    audience.hear(world.tick(100))
    written = [sum(len(data) for data, _ in world.tick(150 + index * 50).frames) for index in range(40)]
    assert sum(1 for size in written if size) <= 2
    assert max(written) <= 9 * 8


def test_a_still_room_rests_and_wakes_at_a_word() -> None:
    world = World(Floor((700, 700)), capacity=3)
    audience = Audience(world)
    slots = [world.enter(0, at_cm=(100 + k, 100, 0)) for k in range(3)]
    for slot in slots:
        audience.sit(slot)
    world.apply(20, slots[:1], [Pose(time_ms=0, x=110, z=100, vx=1000).encode()])
    for now in range(50, 2050, 50):
        audience.hear(world.tick(now))
    audience.check()
    assert world.position(slots[0])[0] == 230, "walked on until news were overdue"
    for now in range(2050, 2200, 50):
        assert world.tick(now) == Tick([], [])
    world.set_state(slots[1], anim=4, emote=0, mode=Mode.NONE, focus=0)
    audience.hear(world.tick(2210))
    audience.check()
    assert audience.crowds[slots[0]].near[slots[1]].anim == 4


def test_walkers_cost_less_than_three_bytes_an_update() -> None:
    random_ = random.Random(5)
    edge = 7000
    world = World(Floor((edge, edge)), capacity=490)
    rng = np.random.default_rng(5)
    places = rng.integers(0, edge, (490, 2)).astype(float)
    yaw = rng.random(490) * np.pi * 2
    for x, z in places.astype(int).tolist():
        world.enter(0, at_cm=(x, z, 0))
    size = updates = 0
    for tick in range(1, 80):
        now = tick * 50
        yaw += np.where(rng.random(490) < 0.03, rng.random(490) * 2.5 - 1.25, 0)
        step = np.stack([np.cos(yaw), np.sin(yaw)], 1) * 7
        places = np.clip(places + step, 0, edge)
        poses = [
            Pose(time_ms=now, x=round(x), z=round(z), vx=round(vx * 200), vz=round(vz * 200)).encode()
            for (x, z), (vx, vz) in zip(places, step, strict=True)
        ]
        sending = random_.sample(range(490), 40)
        world.apply(now, sending, [poses[slot] for slot in sending])
        made = world.tick(now)
        counts = np.pad(world._counts.reshape(world.rows, world.columns), 1)
        for data, slots in made.frames + [(data, [slot]) for slot, data in made.private]:
            size += len(data) * len(slots)
            for slot in slots:
                row, column = divmod(int(world._slots.was_cell[slot]), world.columns)
                updates += int(counts[row : row + 3, column : column + 3].sum()) - 1
    assert size / updates < 3


def test_the_crowd_beyond_is_seen_coarsely_and_within_its_budget() -> None:
    random_ = random.Random(1)
    edge = 6000
    world = World(Floor((edge, edge)), capacity=500)
    audience = Audience(world)
    for number in range(360):
        slot = world.enter(0, at_cm=(random_.randrange(edge), random_.randrange(edge), 0), attached=number == 0)
        if number == 0:
            audience.sit(slot)
    size = 0
    for tick in range(1, 82):
        made = world.tick(tick * 50)
        size += sum(len(m) for data, _ in made.frames for m in messages_in(data) if m[0] == ToClient.FAR)
        audience.hear(made)
    assert size / 4 <= 400, "bytes a second"
    crowd = audience.crowds[0]
    assert len(crowd.far) > 50
    for slot, (x, z) in crowd.far.items():
        true_x, true_z, _, _ = world.position(slot)
        assert abs(x - true_x) <= 22 + 30  # half a sixteenth of a cell, and the hysteresis
        assert abs(z - true_z) <= 22 + 30
    assert not set(crowd.far) & set(crowd.near)


def test_heads_and_hands_reach_the_neighbours_and_more_often_the_near_ones() -> None:
    world = World(Floor((2100, 700)), capacity=10)
    audience = Audience(world)
    here, beside, behind = (world.enter(0, at_cm=(x, 300, 0)) for x in (300, 500, 1000))
    for slot in (here, beside, behind):
        audience.sit(slot)
    rigs = {beside: 0, behind: 0}
    for tick in range(1, 41):
        rig = bytes([tick, 150, 0, 1, 2, 3]) * 3
        world.apply(tick * 50, [here], [Pose(time_ms=tick * 50, x=300, z=300, rig=rig).encode()])
        made = world.tick(tick * 50)
        audience.hear(made)
        for slot in rigs:
            rigs[slot] += audience.crowds[slot].near[here].rig == rig
    assert rigs[beside] == 20
    assert rigs[behind] == 10


def test_a_receiver_that_misses_a_frame_knows_it_and_ignores_the_rest() -> None:
    world = World(Floor((700, 700)), capacity=4)
    slot = world.enter(0)
    crowd = Crowd()
    for tick in range(1, 7):
        world.set_state(slot, anim=tick, emote=0, mode=Mode.NONE, focus=0)
        made = world.tick(tick * 50)
        for data in [data for data, _ in made.frames] + [data for _, data in made.private]:
            for message in messages_in(data):
                if tick != 3 and message[0] in (ToClient.FRAME, ToClient.KEYFRAME):
                    crowd.receive(message)
        assert crowd.take_gap() == (tick == 4)
    assert crowd.near[slot].anim == 2
    world.attach(slot)
    [(_, key)] = world.tick(400).private
    crowd.receive(messages_in(key)[0])
    assert crowd.near[slot].anim == 6


def test_the_next_person_in_a_slot_has_another_revision() -> None:
    world = World(Floor((700, 700)), capacity=1)
    now, seen = 0, []
    for _ in range(5):
        slot = world.enter(now)
        seen.append(world.rev(slot))
        world.tick(now)
        world.leave(slot)
        with pytest.raises(RoomIsFull):
            world.enter(now)
        now += 2100
        world.tick(now)
        now += 2100
    assert len(set(seen)) == 5
