"""
Bots: believable shoppers through the real protocol, for demos, for load and for tests.

From the inside out: ``ground`` (where one can walk), ``walker`` (a body), ``mind`` (what it wants), ``sender`` (when a
pose is worth a message): pure rules on a clock that is handed in. ``shopper`` is one bot's seat and connection,
``crowd`` many of them in one process, ``measure`` what they saw.
"""
