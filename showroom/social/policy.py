"""
The settings of talk and order as the rules take them: made once a process, given to every room.

Here the one file is read that a store's own words may stand in.
"""

import random
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from showroom.social.chat import Chat, ChatRules
from showroom.social.names import NameRules
from showroom.social.parties import Parties
from showroom.social.voice import Voice, VoiceRules
from showroom.social.words import MOST_WORDS, BlockList, default_words
from showroom_assets.errors import MissingFile

if TYPE_CHECKING:
    from showroom.settings import Settings

_MOST_BYTES: Final = 1 << 20


class Policy:
    """
    Parameters
    ----------
    settings
        Its section *talk and order in rooms*.

    Raises
    ------
    MissingFile
        The file of words cannot be read.
    """

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        own = _read_words(Path(settings.chat_words)) if settings.chat_words else []
        # A store's own words come first: they are the ones that must not be cut off.
        self.blocked: Final = BlockList([*own, *default_words()])
        self.keep_ms: Final = settings.room_log_hours * 3_600_000
        self.keep_events: Final = settings.room_log_events

    def chat(self) -> Chat:
        """Of a new copy of a room."""
        rules = ChatRules(near_m=self._settings.chat_radius_m, allowed_hosts=self._settings.chat_hosts)
        return Chat(rules, blocked=self.blocked)

    def voice(self) -> Voice:
        """Of a new copy of a room."""
        return Voice(VoiceRules(speakers=self._settings.voice_people, radius_m=self._settings.voice_radius_m))

    def names(self, reserved: Iterable[str] = ()) -> NameRules:
        """Of a store; ``reserved``: its own name and its staff's."""
        return NameRules(blocked=self.blocked, reserved=reserved)

    def parties(self, kept: bytes | None, chance: random.Random) -> Parties:
        """Of a store, from what the database keeps."""
        return Parties.restore(kept, chance, most=self._settings.party_people)


def _read_words(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig", errors="replace")
    except OSError as exc:
        raise MissingFile(f"{path}: {exc.strerror}. Set chat_words to a file of words, one a line.") from exc
    return [line for line in text.splitlines() if line.strip()][:MOST_WORDS]
