"""
Bots: believable shoppers through the real protocol, for demos, for load and for tests.

From the inside out: ``ground`` (where one can walk), ``walker`` (a body), ``mind`` (what it wants): pure rules on a
clock that is handed in. ``shopper`` is one bot's seat and connection, ``flock`` many of them in one process,
``measure`` what they saw. When a pose is worth a message is the protocol's own rule (``protocol.predict``).
"""
