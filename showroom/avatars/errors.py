"""What may go wrong with an avatar of one's own."""

from showroom.errors import BadRequest, Busy, Gone, NotFound, TooMany


class AvatarRefused(BadRequest):
    """The file is no avatar that others could be shown."""

    code = "avatar.refused"
    status = 422


class NoAvatar(NotFound):
    """There is no such avatar."""

    code = "avatar.missing"


class AvatarRemoved(Gone):
    """It was taken away by an operator, and does not come back."""

    code = "avatar.removed"


class TooManyAvatars(TooMany):
    """So many are kept for one person, or so often one may bring one."""

    code = "avatar.too_many"


class NoRoomForAvatars(Busy):
    """All the space for avatars is taken."""

    code = "avatar.no_room"
