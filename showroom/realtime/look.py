"""
What an avatar looks like: a few choices from bounded lists. Which shapes, hair and clothes there are is the client's
business; here they are ids and colours.
"""

from typing import Annotated

from msgspec import Meta, Struct

from showroom.protocol.fields import Id

Colour = Annotated[int, Meta(ge=0, le=0xFFFFFF)]


class Look(Struct, frozen=True, forbid_unknown_fields=True):
    """
    Parameters
    ----------
    avatar
        A preset of the avatar wardrobe: body shape, hair and clothes in one id (``tall-2/bob/linen``).
    tint
        Colours of skin, hair, top and bottom, 0xRRGGBB.
    """

    avatar: Id = "guest"
    tint: Annotated[list[Colour], Meta(max_length=4)] = []
