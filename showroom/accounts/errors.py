"""What may go wrong with accounts."""

from showroom.errors import BadRequest, Conflict, NotFound, SignInNeeded, TooMany


class WrongPassword(SignInNeeded):
    """Name or password is wrong; which of them is nobody's business."""

    code = "account.wrong_password"


class PassOver(SignInNeeded):
    """A token, pass or session that is not (or no longer) good."""

    code = "account.pass_over"


class TooManyAttempts(TooMany):
    """Too many wrong passwords for that name, or from that address."""

    code = "account.too_many_attempts"


class NameTaken(Conflict):
    """Somebody goes by that name already."""

    code = "account.name_taken"


class NoSuchAccount(NotFound):
    """No such account, merchant or token."""

    code = "account.missing"


class NotAllowedHere(BadRequest):
    """A role, tenant or scope that does not fit."""

    code = "account.invalid"
