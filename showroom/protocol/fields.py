"""The bounded types that messages are built of. Lengths count characters; bytes are bounded by the message itself."""

from typing import Annotated, Final

from msgspec import Meta

U8 = Annotated[int, Meta(ge=0, le=255)]
U16 = Annotated[int, Meta(ge=0, le=65535)]
U32 = Annotated[int, Meta(ge=0, le=4294967295)]
U53 = Annotated[int, Meta(ge=0, le=9007199254740991)]
"""The largest whole number that JavaScript holds exactly."""

I53 = Annotated[int, Meta(ge=-9007199254740991, le=9007199254740991)]

Cm = Annotated[int, Meta(ge=-32768, le=32767)]
"""Centimetres; x and z from the floor's corner, y from its ground."""
Part = Annotated[int, Meta(ge=-10000, le=10000)]
"""A component of a unit quaternion, times 10,000."""
CentiDeg = Annotated[int, Meta(ge=-36000, le=36000)]
"""An angle in hundredths of a degree."""

Point = tuple[Cm, Cm, Cm]
Turn = tuple[Part, Part, Part, Part]
"""A rotation as a quaternion x, y, z, w."""

Member = U32
"""A person's number in a room: given at entry, never given again while the room lives (slots are)."""

Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")]
"""The id of a product, variant, SKU, avatar, object, party or room."""
Word = Annotated[str, Meta(min_length=1, max_length=32, pattern=r"^[a-z][a-z0-9_.-]*$")]
Name = Annotated[str, Meta(min_length=1, max_length=24)]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
Note = Annotated[str, Meta(max_length=500)]
Token = Annotated[str, Meta(min_length=1, max_length=1024)]
"""Signed tickets and resume keys."""
LONGEST_PLAN: Final = 2000
Plan = Annotated[str, Meta(min_length=1, max_length=LONGEST_PLAN, pattern=r"^[A-Za-z0-9._:/~!-]*$")]
"""A room that somebody furnishes, as clients write it to each other; the server does not read it."""
Sdp = Annotated[str, Meta(max_length=16384)]
