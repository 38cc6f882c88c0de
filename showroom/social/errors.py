"""What people in a room may be told when the answer is no; the server keeps serving them."""

from typing import Any

from showroom.errors import BadRequest, Conflict, Forbidden, NotFound, TooMany


class _Hurried(TooMany):
    """Knows its wait in milliseconds, for the socket, and in seconds, for HTTP."""

    def __init__(self, message: str, **fields: Any) -> None:
        wait_ms = fields.get("retry_after_ms")
        if wait_ms is not None:
            fields.setdefault("retry_after_s", -(-wait_ms // 1000))
        super().__init__(message, **fields)


class ChatRefused(BadRequest):
    """A message that is not passed on: too long, empty, or against the store's filters."""

    code = "chat.refused"


class ChatTooFast(_Hurried):
    """More messages than the room allows; ``retry_after_ms`` says when the next one is taken."""

    code = "chat.too_fast"


class Muted(Forbidden):
    """A moderator, or the flood guard, has taken this person's voice for a while."""

    code = "chat.muted"


class NameRefused(BadRequest):
    """A nickname that others could not read, or could take for somebody else's."""

    code = "name.refused"


class ModerationRefused(Forbidden):
    """This person may not do that, or not to that person."""

    code = "moderation.refused"


class Banned(Forbidden):
    """A ban is in force for this person or address."""

    code = "moderation.banned"


class RoomLocked(Forbidden):
    """A moderator lets nobody else in for now."""

    code = "moderation.locked"


class NobodyThere(NotFound):
    """No such person, party, share or object in this room."""

    code = "room.nobody_there"


class PartyRefused(Conflict):
    """The party is full, over, or not theirs to change."""

    code = "party.refused"


class ShareRefused(Conflict):
    """The shared look is over, full, or led by somebody else."""

    code = "share.refused"


class VoteRefused(Conflict):
    """One's vote is still running, nobody can be asked, or one has answered."""

    code = "vote.refused"


class ObjectRefused(Conflict):
    """Somebody else holds the thing, or it is out of reach."""

    code = "object.refused"


class SignalRefused(Forbidden):
    """A voice signal to somebody who is not within hearing, or one that is too large."""

    code = "voice.refused"


class TooFast(_Hurried):
    """More reactions, moves or signals than a person makes."""

    code = "room.too_fast"
