"""
The sockets: one door for pages and rooms, two WebSocket adapters behind one small interface, rooms and their copies,
seats and tickets, resume, and the bus between processes. What happens in a room is decided in ``world`` and ``social``;
what it looks like on the wire, in ``protocol``.
"""

from showroom.realtime.counters import Counters
from showroom.realtime.plan import Plans, RoomPlan
from showroom.realtime.service import Realtime

__all__ = ["Counters", "Plans", "Realtime", "RoomPlan"]
