"""What can be wrong with an upload, a conversion or a draft, each with its HTTP status."""

from showroom.errors import BadRequest, Busy, Conflict, Gone, NotFound, ServerError, TooLarge, TooMany


class NoUpload(NotFound):
    """No such upload, conversion or draft of this merchant's."""

    code = "upload.missing"


class WrongUpload(BadRequest):
    """A name, size, option or header that cannot be."""

    code = "upload.invalid"


class WrongOffset(Conflict):
    """The part does not begin where the upload ends; ``fields["offset"]`` is where it does."""

    code = "upload.offset"


class UploadTaken(Conflict):
    """Somebody else is sending a part of this upload right now."""

    code = "upload.taken"


class UploadState(Conflict):
    """What was asked does not go with the state of the upload or conversion."""

    code = "upload.state"


class ChecksumMismatch(ServerError):
    """The bytes that came are not those that were sent (status as in tus, 1.0.0, "Checksum")."""

    code = "upload.checksum"
    status = 460


class UploadGone(Gone):
    """It was given up, or nothing came for too long."""

    code = "upload.gone"


class UploadTooLarge(TooLarge):
    """The scan, or this merchant's scans together, are larger than allowed."""

    code = "upload.too_large"


class TooManyUploads(TooMany):
    """More unfinished uploads, or conversions in the queue, than a merchant may have."""

    code = "upload.too_many"


class DiskFull(ServerError):
    """The server's disk has no room for the scan."""

    code = "upload.disk_full"
    status = 507


class UploadsBusy(Busy):
    """More is being uploaded or watched than the server can take."""

    code = "upload.busy"


class ScanRefused(ServerError):
    """
    The file that was uploaded is none that can be converted.

    ``code`` in the answer is the pipeline's own (``input.damaged`` …), in ``fields["reason"]``.
    """

    code = "upload.refused"
    status = 422


class DraftRefused(Conflict):
    """The draft is under the quality bar."""

    code = "quality.refused"
