"""
A body that walks: speeds up, slows down, turns, goes round others and never into a wall.

Others are avoided before it comes to contact: of two people on course to meet, each steps to the right a little, as
people do. What cannot be avoided any more is softened by keeping apart.
"""

import math
from collections.abc import Iterable
from typing import Final

from showroom.bots.ground import Ground, Point
from showroom.protocol.predict import Body

ACCELERATION: Final = 2.5
"""m/s²."""
TURN: Final = math.radians(200)
"""Radians a second."""
APART_M: Final = 0.65
"""Between two people's middles."""
_FORESEE_S: Final = 1.6
_CLEAR_M: Final = 0.1

Neighbour = tuple[float, float, float, float]
"""x, z, and their velocity."""


class Walker:
    """
    One body.

    Parameters
    ----------
    at, yaw
        Where it stands and looks. Yaw 0 looks along +z, a quarter turn along +x.
    pace
        Its own walking speed, m/s.
    side
        1 or -1: where it gives way to somebody on the very same spot.
    """

    __slots__ = ("_stuck_s", "at", "goal", "look", "pace", "side", "turn", "velocity", "waypoint", "yaw")

    def __init__(self, at: Point, yaw: float = 0.0, *, pace: float = 1.3, side: int = 1) -> None:
        self.at = at
        self.yaw = yaw
        self.pace = pace
        self.side = side
        self.velocity: Point = (0.0, 0.0)
        self.turn = 0.0
        """Radians a second, as of the last step."""
        self.goal: Point | None = None
        self.waypoint: Point | None = None
        self.look: float | None = None
        """Where to look while standing; None: as it is."""
        self._stuck_s = 0.0

    @property
    def speed(self) -> float:
        """m/s."""
        return math.hypot(*self.velocity)

    @property
    def is_there(self) -> bool:
        """Whether it has arrived, or given up."""
        return self.goal is None

    def body(self, *, anim: int = 0) -> Body:
        """Where it is, as the protocol counts."""
        return Body(
            x=self.at[0] * 100,
            z=self.at[1] * 100,
            vx=self.velocity[0] * 100,
            vz=self.velocity[1] * 100,
            yaw=self.yaw / math.tau,
            turn=self.turn / math.tau,
            anim=anim,
        )

    def go(self, goal: Point) -> None:
        """Walk there."""
        self.goal, self.waypoint, self.look = goal, None, None
        self._stuck_s = 0.0

    def put(self, at: Point, yaw: float) -> None:
        """Stand elsewhere, at once: the server has said so."""
        self.at, self.yaw, self.velocity, self.turn = at, yaw, (0.0, 0.0), 0.0
        self.waypoint = None

    def plan(self, ground: Ground) -> None:
        """Look for the next stretch of the way; a few times a second is enough."""
        if self.goal is not None:
            self.waypoint = ground.next_towards(self.at, self.goal)

    def step(self, dt: float, ground: Ground, neighbours: Iterable[Neighbour] = ()) -> None:
        """
        Move on.

        Parameters
        ----------
        dt
            Seconds, at most a quarter.
        neighbours
            Those within two metres or so.
        """
        wish_x, wish_z = self._wish()
        push_x, push_z = self._push(neighbours, wish_x, wish_z)
        wish_x, wish_z = wish_x + push_x, wish_z + push_z
        wished = math.hypot(wish_x, wish_z)
        most = self.pace * 1.25
        if wished > most:
            wish_x, wish_z = wish_x * most / wished, wish_z * most / wished
        vx, vz = self.velocity
        dx, dz = wish_x - vx, wish_z - vz
        change, limit = math.hypot(dx, dz), ACCELERATION * dt
        if change > limit:
            dx, dz = dx * limit / change, dz * limit / change
        self._move(vx + dx, vz + dz, dt, ground)
        self._turn_body(dt)
        self._arrive(dt)

    def _wish(self) -> Point:
        """The velocity it would like to have."""
        if self.goal is None:
            return 0.0, 0.0
        target = self.waypoint or self.goal
        dx, dz = target[0] - self.at[0], target[1] - self.at[1]
        distance = math.hypot(dx, dz)
        if distance < 1e-6:
            return 0.0, 0.0
        speed = self.pace
        if target == self.goal:  # comes to a stand without overshooting
            speed = min(speed, math.sqrt(2 * 0.6 * ACCELERATION * distance))
        return dx / distance * speed, dz / distance * speed

    def _push(self, neighbours: Iterable[Neighbour], wish_x: float, wish_z: float) -> Point:
        push_x = push_z = 0.0
        x, z = self.at
        for other_x, other_z, other_vx, other_vz in neighbours:
            rx, rz = other_x - x, other_z - z
            distance = math.hypot(rx, rz)
            if distance < 1e-3:  # on one spot: each its own way
                push_x += 0.5 * self.side
                continue
            if distance < APART_M:
                force = (APART_M - distance) / APART_M * 1.6
                push_x -= rx / distance * force
                push_z -= rz / distance * force
            if not (wish_x or wish_z):
                continue  # who stands lets the others walk round
            vx, vz = wish_x - other_vx, wish_z - other_vz
            closing = rx * vx + rz * vz
            speed2 = vx * vx + vz * vz
            if closing <= 0 or speed2 < 1e-4:
                continue
            when = closing / speed2
            if when > _FORESEE_S:
                continue
            miss_x, miss_z = rx - vx * when, rz - vz * when
            miss = math.hypot(miss_x, miss_z)
            if miss >= APART_M:
                continue
            force = (APART_M - miss) / APART_M * (1 - when / _FORESEE_S) * 1.8
            length = math.sqrt(speed2)
            # To the right of one's own way (with +y up and +z ahead, right is -x), unless the other passes there.
            side_x, side_z = -vz / length, vx / length
            if miss > 0.15 and miss_x * side_x + miss_z * side_z > 0:
                side_x, side_z = -side_x, -side_z
            push_x += side_x * force
            push_z += side_z * force
        return push_x, push_z

    def _move(self, vx: float, vz: float, dt: float, ground: Ground) -> None:
        x, z = self.at
        if not (vx or vz):
            self.velocity = (0.0, 0.0)
            return
        was_free = ground.is_free(self.at)
        for try_x, try_z in ((vx, vz), (vx, 0.0), (0.0, vz)):
            place = (x + try_x * dt, z + try_z * dt)
            if not (try_x or try_z):
                continue
            # From too near a wall (one may be put there) any way is good that does not lead through it, or to it.
            if ground.is_free(place) or (not was_free and not ground.crosses(self.at, _beyond(self.at, place))):
                self.at, self.velocity = place, (try_x, try_z)
                return
        self.velocity = (0.0, 0.0)

    def _turn_body(self, dt: float) -> None:
        if self.speed > 0.25:
            wanted = math.atan2(*self.velocity)
        elif self.goal is None and self.look is not None:
            wanted = self.look
        else:
            self.turn = 0.0
            return
        off = (wanted - self.yaw + math.pi) % math.tau - math.pi
        # Eases out: a body that turned at full speed up to the last moment would look like a turret.
        rate = max(min(off * 4, TURN), -TURN)
        self.turn = rate
        self.yaw = (self.yaw + rate * dt + math.pi) % math.tau - math.pi
        if abs(off) < 0.01:
            self.turn = 0.0

    def _arrive(self, dt: float) -> None:
        if self.goal is None:
            return
        left = math.dist(self.at, self.goal)
        self._stuck_s = self._stuck_s + dt if self.speed < 0.2 else 0.0
        # Somebody else may stand there already: near is near enough, and after a while anywhere is.
        if left < 0.12 or (left < 1.0 and self._stuck_s > 0.6) or self._stuck_s > 4:
            self.goal = self.waypoint = None


def _beyond(start: Point, end: Point) -> Point:
    """A little further than ``end``."""
    length = math.dist(start, end) or 1.0
    return (
        end[0] + (end[0] - start[0]) / length * _CLEAR_M,
        end[1] + (end[1] - start[1]) / length * _CLEAR_M,
    )
