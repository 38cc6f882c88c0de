"""
The other end of an upload, with the standard library alone: ``showroom upload`` and anybody's scripts.

Lost links, restarted servers and full queues are waited out; a part that did not arrive is sent again. After a crash of
this side the same file is found again by its hash, so nothing need be remembered here.
"""

import base64
import contextlib
import hashlib
import http.client
import json
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from showroom_assets.errors import InputError, MissingFile, ShowroomError

Json = dict[str, Any]
_PART_BYTES: Final = 8 << 20
_READ_BYTES: Final = 1 << 20
_TIMEOUT_S: Final = 60.0
_PATIENCE_S: Final = 300.0
_LONGEST_PAUSE_S: Final = 10.0
_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})


class Answered(ShowroomError):
    """The server said no. ``status`` and the server's own code and fields are in ``fields``."""

    code = "upload.answered"

    @property
    def status(self) -> int:
        return int(self.fields.get("status", 0))

    @property
    def reason(self) -> str:
        """The server's code for it."""
        return str(self.fields.get("code", ""))


class Unreachable(ShowroomError):
    """The server does not answer."""

    code = "upload.unreachable"


class Client:
    """
    Parameters
    ----------
    server
        ``https://shop.example``.
    token
        An API token with the scope ``products:write``.
    patience_s
        How long a server that does not answer is waited for.
    pause, clock
        ``time.sleep`` and ``time.monotonic``.

    Raises
    ------
    InputError
        The address or the token cannot be.
    """

    def __init__(
        self,
        server: str,
        token: str,
        *,
        patience_s: float = _PATIENCE_S,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        parts = urlsplit(server)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InputError(f"{server!r} is no server's address. Write it like https://shop.example.")
        if not token.isascii() or not token.isprintable():
            raise InputError("The token holds characters that no token has. Copy it again.")
        self.server: Final = f"{parts.scheme}://{parts.netloc}"
        self._parts = parts
        self._token = token
        self._patience_s = patience_s
        self._pause = pause
        self._clock = clock
        self._connection: http.client.HTTPConnection | None = None

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        """
        One request, tried again while the server does not answer or asks to wait; its JSON answer.

        Raises
        ------
        Answered, Unreachable
        """
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data is not None else {}
        return self._patiently(lambda: self._once(method, path, data, headers))

    def send(
        self, scan: Path, *, name: str, options: Json, on_bytes: Callable[[int, int], None] = lambda done, total: None
    ) -> Json:
        """
        Bring a file to the server, going on where an earlier try ended, and have it converted; the conversion.

        Parameters
        ----------
        on_bytes
            Told how many bytes of how many are there.

        Raises
        ------
        Answered, Unreachable, InputError
        """
        size, sha256 = _measure(scan)
        for last_try in (False, True):
            upload = self._find_or_create(name, size, sha256, options)
            try:
                if upload["state"] == "open":
                    self._fill(scan, upload, on_bytes)
                on_bytes(size, size)
                found: Json = self.call("POST", f"/api/uploads/{upload['id']}/finish", {"options": options})
            except Answered as exc:
                # Removed meanwhile, or spoilt on the way: from the beginning, once.
                if last_try or exc.status not in {410, 460}:
                    raise
            else:
                return found
        raise AssertionError("unreachable")

    def follow(self, conversion: str) -> Iterator[Json]:
        """
        The steps of a conversion as they come, until it has ended.

        Raises
        ------
        Answered, Unreachable
        """
        after, since = 0, self._clock()
        while True:
            try:
                for event in self._stream(f"/api/conversions/{conversion}/events?after={after}"):
                    after, since = event["number"], self._clock()
                    yield event
            except (OSError, http.client.HTTPException) as exc:
                self._wait(exc, since)
            if self.call("GET", f"/api/conversions/{conversion}")["state"] not in {"queued", "running"}:
                return

    def _find_or_create(self, name: str, size: int, sha256: str, options: Json) -> Json:
        query = urlencode({"sha256": sha256, "size_bytes": size})
        for found in self.call("GET", f"/api/uploads?{query}")["uploads"]:
            return dict(found)
        body = {"name": name, "size_bytes": size, "sha256": sha256, "options": options}
        return dict(self.call("POST", "/api/uploads", body))

    def _fill(self, scan: Path, upload: Json, on_bytes: Callable[[int, int], None]) -> None:
        path, size, offset = f"/api/uploads/{upload['id']}", upload["size_bytes"], upload["offset"]
        since = self._clock()
        with scan.open("rb") as file:
            while offset < size:
                on_bytes(offset, size)
                file.seek(offset)
                part = file.read(_PART_BYTES)
                if not part:
                    raise InputError(f"{scan} has become shorter while it was sent. Send it again.")
                try:
                    offset = self._part(path, offset, part)
                    since = self._clock()
                except Answered as exc:
                    # Somebody (this very client, before its link was lost) has sent more, or is still sending.
                    if exc.reason == "upload.offset":
                        offset = int(exc.fields["fields"]["offset"])
                    elif exc.reason not in {"upload.taken", "upload.checksum"} and exc.status not in _AGAIN:
                        raise
                    self._wait(exc, since)
                except (OSError, http.client.HTTPException) as exc:
                    self._wait(exc, since)
                    offset = self.call("GET", path)["offset"]

    def _part(self, path: str, offset: int, part: bytes) -> int:
        checksum = base64.b64encode(hashlib.sha256(part).digest()).decode()
        self._once(
            "PATCH",
            path,
            part,
            {
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": str(offset),
                "Upload-Checksum": f"sha256 {checksum}",
            },
        )
        return offset + len(part)

    def _patiently(self, work: Callable[[], Any]) -> Any:
        since = self._clock()
        while True:
            try:
                return work()
            except Answered as exc:
                if exc.status not in _AGAIN:
                    raise
                self._wait(exc, since)
            except (OSError, http.client.HTTPException) as exc:
                self._wait(exc, since)

    def _wait(self, exc: Exception, since: float) -> None:
        """A pause before the next try, unless it has been too long already."""
        self.close()
        waited = self._clock() - since
        if waited > self._patience_s:
            if isinstance(exc, Answered):
                raise exc
            raise Unreachable(
                f"{self.server} does not answer ({exc or type(exc).__name__}). Check the address; then run it again: "
                "it goes on where it was."
            ) from exc
        asked = exc.fields.get("fields", {}).get("retry_after_s") if isinstance(exc, Answered) else None
        longest = float(asked) if isinstance(asked, int | float) else max(0.5, waited / 2)
        self._pause(min(longest, _LONGEST_PAUSE_S))

    def _once(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Any:
        answer = self._request(method, path, data, headers)
        body = answer.read()
        if answer.status >= 400:
            raise _answered(answer.status, body)
        return json.loads(body) if body else None

    def _stream(self, path: str) -> Iterator[Json]:
        answer = self._request("GET", path, None, {"Accept": "text/event-stream"})
        if answer.status >= 400:
            raise _answered(answer.status, answer.read())
        try:
            for line in answer:
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))
        finally:
            self.close()  # an answer that was not read to its end spoils the connection

    def _request(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        if self._connection is None:
            self._connection = self._connect()
        try:
            self._connection.request(
                method, path, data, {**headers, "Authorization": f"Bearer {self._token}", "User-Agent": "showroom"}
            )
            return self._connection.getresponse()
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=_TIMEOUT_S, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)


def _measure(scan: Path) -> tuple[int, str]:
    whole = hashlib.sha256()
    size = 0
    try:
        with scan.open("rb") as file:
            while piece := file.read(_READ_BYTES):
                whole.update(piece)
                size += len(piece)
    except OSError as exc:
        raise MissingFile(f"{scan} cannot be read: {exc.strerror}. Check the path.") from exc
    return size, whole.hexdigest()


def _answered(status: int, body: bytes) -> Answered:
    error: Any = {}
    with contextlib.suppress(ValueError, KeyError, TypeError):
        error = json.loads(body)["error"]
    if not isinstance(error, dict):
        error = {}
    message = str(error.get("message") or f"The server answered {status}. Check its address.")
    fields = error.get("fields")
    return Answered(
        message, status=status, code=str(error.get("code", "")), fields=fields if isinstance(fields, dict) else {}
    )
