"""Examples are not timed one by one: the first one pays for imports, and the machine may be busy."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
