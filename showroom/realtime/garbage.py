"""
When the collector of cycles runs in a process that serves rooms: on our word, not on every few hundred messages.

Reference counts free what rooms use. What they cannot free are cycles: every WebSocket that is gone leaves one of some
forty objects (picows's protocol, transport and our link hold each other), and so do database statements. Python's own
rhythm would look at those that lived for a few minutes once in hours, and a shop with people coming and going would
grow all the time. Looking at everything once a minute costs milliseconds, because what was loaded at the start is put
aside for good.
"""

import gc
from typing import Final

EVERY_S: Final = 60
"""Between two looks at everything."""


def quiet() -> None:
    """
    Put what was loaded at the start aside, and look at the young only once there are many. For a process of its own,
    whose owner calls ``collect`` once a minute.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


def collect() -> int:
    """Look at everything made since ``quiet``; how many objects were garbage."""
    return gc.collect()
