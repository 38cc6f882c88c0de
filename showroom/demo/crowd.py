"""The people of the demo store: some bots that walk through one of its rooms, in a process of their own."""

from typing import Final

from showroom.demo.companion import Companion

_TALK: Final = "0.5"


def crowd(bots: int, room: str, address: str) -> Companion:
    """
    Parameters
    ----------
    bots
        How many.
    room
        ``store/room``.
    address
        Of the server.

    Returns
    -------
    Companion
        Once it goes, everybody has said good-bye, so that nobody's seat is kept for them.
    """
    return Companion(
        [
            "bots",
            str(bots),
            "--room",
            room,
            "--server",
            address.rstrip("/"),
            "--watchers",
            "1",
            "--joins",
            "2",
            "--talk",
            _TALK,
        ]
    )
