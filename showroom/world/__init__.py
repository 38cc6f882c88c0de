"""
A room's people in motion: arrays in, bytes out. No sockets, no clock, no asyncio.

``World`` is the whole of it for its owner: people enter, their POSE messages are applied once a tick in one batch, and
each tick gives the bytes to write and to whom.
"""

from showroom.world.floor import Floor
from showroom.world.rules import Rules
from showroom.world.things import Things
from showroom.world.world import Applied, Tick, World

__all__ = ["Applied", "Floor", "Rules", "Things", "Tick", "World"]
