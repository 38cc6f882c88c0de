"""
Stores to start from: ``boutique``, ``home-gallery``, ``launch-hall``. Real floor plans, empty of products.

A template is code, so that its numbers say what they stand for; what comes out is a manifest like any other.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from showroom.stores.manifest import Store
from showroom.stores.templates.boutique import boutique
from showroom.stores.templates.home_gallery import home_gallery
from showroom.stores.templates.launch_hall import launch_hall


def _exact(make: Callable[[], Store]) -> Callable[[], Store]:
    """As it would be read from a file: within its limits, and every number a float where floats are meant."""
    return lambda: msgspec.convert(msgspec.to_builtins(make()), Store)


TEMPLATES: Final[Mapping[str, tuple[Callable[[], Store], str]]] = {
    "boutique": (
        _exact(boutique),
        "One room of 100 m² with a hero, three islands and two shelves; tall windows to the left.",
    ),
    "home-gallery": (_exact(home_gallery), "A living room and a dining room, for furniture where it belongs."),
    "launch-hall": (_exact(launch_hall), "A dark hall with a round stage for a crowd, and a bright foyer."),
}
