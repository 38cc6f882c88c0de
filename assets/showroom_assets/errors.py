"""
The one tree of errors.

Every error carries a stable code, structured fields and a sentence that ends with a way out, so that the
command line, the HTTP API and the report can show the same thing. Foreign errors are mapped into this tree at
the edge where they occur, ``from exc``.
"""

from typing import Any, ClassVar


class ShowroomError(Exception):
    """
    Base of all errors a user may see.

    Parameters
    ----------
    message
        One line: what is wrong, and what to do.
    fields
        The numbers and names behind the message, JSON-serialisable.
    """

    code: ClassVar[str] = "showroom"

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    def to_json(self) -> dict[str, Any]:
        """The one JSON shape of an error: ``{code, message, fields}``."""
        return {"code": self.code, "message": self.message, "fields": self.fields}

    def __reduce__(self) -> Any:  # keeps ``fields`` when an error crosses a process boundary
        return _rebuild, (type(self), self.message, self.fields)


def _rebuild(kind: type[ShowroomError], message: str, fields: dict[str, Any]) -> ShowroomError:
    return kind(message, **fields)


class InputError(ShowroomError):
    """The input cannot be used as it is."""

    code = "input"


class UnsupportedFormat(InputError):
    """A format that is recognised but not read, or not recognised at all."""

    code = "input.unsupported"


class DamagedFile(InputError):
    """Truncated, malformed or self-contradicting data."""

    code = "input.damaged"


class LimitExceeded(InputError):
    """Larger than a limit allows: vertices, pixels, bytes, nesting, time or memory."""

    code = "input.limit"


class MissingFile(InputError):
    """A file that the input refers to, or the input itself, is not there."""

    code = "input.missing"


class EmptyInput(InputError):
    """Nothing to convert: no triangles, no points, no files."""

    code = "input.empty"


class DimensionMismatch(InputError):
    """The mesh disagrees with its declared dimensions."""

    code = "input.dimensions"


class TargetMissed(ShowroomError):
    """An asked-for triangle count or byte size cannot be reached."""

    code = "target.missed"


class QualityRefused(ShowroomError):
    """The result is under the quality bar."""

    code = "quality.refused"


class ToolMissing(ShowroomError):
    """An external tool the step needs is not installed."""

    code = "tool.missing"


class Cancelled(ShowroomError):
    """The user or the operator stopped the work."""

    code = "cancelled"


class LibraryError(ShowroomError):
    """The product library cannot do what was asked."""

    code = "library"


class NotInLibrary(LibraryError):
    """No such product or version."""

    code = "library.missing"


class LibraryConflict(LibraryError):
    """Somebody else published at the same moment."""

    code = "library.conflict"


class BlobDamaged(LibraryError):
    """Stored or uploaded bytes are not those their hash promises."""

    code = "library.damaged"
