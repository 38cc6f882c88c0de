"""
What people do in a room besides walking: talk, meet, show each other things, keep order.

Rules without I/O: every class takes the time (milliseconds) and, where it needs one, the random source as parameters,
and answers with values. ``storage.py`` alone knows the database; sockets are ``showroom.realtime``'s.

A *person* is a ``Principal``'s id, a *room* is the key of one copy (``store/room/1``), a *place* is what moderation
applies to: a whole store (``store``) or one of its rooms in all copies (``store/room``).
"""
