"""What the templates share: a spot, a shelf's slots, spawn points in rows; moods of the day."""

from collections.abc import Iterable, Sequence

from showroom.stores.manifest import Lamp, Material, Mood, Position, Shelf, Size, Slot, Spawn
from showroom.stores.plane import turned

BOARDS_M = (0.5, 1.05, 1.6)
"""Tops of a shelf's boards: the middle one is under the eye line of 1.45 m, so products stand at it."""

DAY = Mood(
    sky_kelvin=6500,
    sky_nits=3600,
    sun_kelvin=4600,
    sun_lux=2600,
    sun_azimuth_deg=-118,
    sun_elevation_deg=34,
    white=0.62,
)
EVENING = Mood(sky_kelvin=12_000, sky_nits=6, sun_kelvin=3000, sun_azimuth_deg=-118, sun_elevation_deg=34, white=0.42)


def warm_materials() -> dict[str, Material]:
    """Limewash, oak, brass, linen; sand for one wall: products bring the colour."""
    return {
        "wall": Material(surface="limewash", colour="#e9e3d8"),
        "accent": Material(surface="limewash", colour="#b39a86"),
        "ceiling": Material(surface="plaster", colour="#ece7de"),
        "floor": Material(surface="oak", colour="#a68d70"),
        "joinery": Material(surface="oak", colour="#8f7152"),
        "stone": Material(surface="stone", colour="#cbbfae"),
        "metal": Material(surface="brass", colour="#b08d57"),
        "textile": Material(surface="textile", colour="#c7bba7"),
    }


def spot(
    name: str, position: Position, target: Position, *, lumen: float = 500, beam_deg: float = 28, kelvin: float = 2850
) -> Lamp:
    """A narrow warm light on a product."""
    return Lamp(
        id=name, kind="spot", position_m=position, target_m=target, lumen=lumen, beam_deg=beam_deg, kelvin=kelvin
    )


def shelf(name: str, x: float, z: float, yaw_deg: float, width_m: float) -> Shelf:
    """Three boards, a head high; deep enough for a bag."""
    return Shelf(
        id=name,
        position_m=(x, 0, z),
        yaw_deg=yaw_deg,
        width_m=width_m,
        height_m=2.3,
        depth_m=0.4,
        boards_m=list(BOARDS_M),
        material="joinery",
    )


def shelf_slots(of: Shelf, *, sides_m: Sequence[float] = (-0.55, 0.55)) -> list[Slot]:
    """
    Two places a board, turned a little to the passer-by; a third of every board stays empty.

    ``sides_m`` are offsets along the shelf; the left one, seen from before it, comes first.
    """
    found: list[Slot] = []
    x, _, z = of.position_m
    for board, top in enumerate(of.boards_m):
        for index, side in enumerate(sorted(sides_m)):
            dx, dz = turned(side, 0.0, of.yaw_deg)
            found.append(
                Slot(
                    id=f"{of.id}-{board + 1}-{'abcdef'[index]}",
                    position_m=(round(x + dx, 3), top, round(z + dz, 3)),
                    yaw_deg=of.yaw_deg + (12 if side < 0 else -12),
                    room_m=(0.6, 0.45, 0.36),
                )
            )
    return found


def spawns(points: Iterable[tuple[float, float]], yaw_deg: float) -> list[Spawn]:
    """Where people appear, all looking the same way."""
    return [Spawn(id=f"spawn-{i + 1}", position_m=(x, 0, z), yaw_deg=yaw_deg) for i, (x, z) in enumerate(points)]


def on(name: str, position: Position, room: Size, yaw_deg: float = 0.0, *, is_hero: bool = False) -> Slot:
    """A place on a plinth, a stage or the floor."""
    return Slot(id=name, position_m=position, room_m=room, yaw_deg=yaw_deg, is_hero=is_hero)
