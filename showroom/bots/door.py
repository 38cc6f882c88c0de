"""
How bots get in: a seat ticket by HTTP, as any client does, and the store's manifest for walls and shelves.

The standard library's HTTP in a thread: a few requests at the start are not worth another client.
"""

import asyncio
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any, Final, Protocol

from showroom.realtime.look import Look
from showroom_assets.errors import ShowroomError

_TRIES: Final = 6
_MOST_BYTES: Final = 8 << 20


class NoEntry(ShowroomError):
    """The server does not let a bot in, or is not there."""

    code = "bots.no_entry"


@dataclass(frozen=True, slots=True)
class Seat:
    """
    Parameters
    ----------
    url
        Of the socket.
    ticket
        For HELLO.
    copy
        Which copy of the room it is in.
    """

    url: str
    ticket: str
    copy: int = 1


class Door(Protocol):
    """Where seats come from: ``HttpDoor``, or a test's own."""

    async def seat(self, name: str, look: Look) -> Seat:
        """
        A seat for somebody of that name and look.

        Raises
        ------
        NoEntry
        """


class HttpDoor:
    """
    Parameters
    ----------
    server
        ``http://127.0.0.1:8080``.
    store, room
        Ids.
    """

    def __init__(self, server: str, store: str, room: str) -> None:
        self.server: Final = server.rstrip("/")
        self.store: Final = store
        self.room: Final = room
        self._at_once = asyncio.Semaphore(16)

    async def seat(self, name: str, look: Look) -> Seat:
        """A ticket; waits as long as the server asks when it is busy."""
        path = f"/api/rooms/{urllib.parse.quote(self.store)}/{urllib.parse.quote(self.room)}/tickets"
        answer = await self._ask("POST", path, {"nickname": name, "look": {"avatar": look.avatar, "tint": look.tint}})
        url = answer.get("url") or answer.get("socket")
        ticket = answer.get("ticket")
        if not isinstance(url, str) or not isinstance(ticket, str):
            raise NoEntry(f"{self.server}{path} gives no ticket. Is that a Showroom server of this version?")
        return Seat(
            urllib.parse.urljoin(self.server.replace("http", "ws", 1) + "/", url), ticket, int(answer.get("copy", 1))
        )

    async def manifest(self) -> dict[str, Any]:
        """The store's manifest, as JSON."""
        return await self._ask("GET", f"/api/stores/{urllib.parse.quote(self.store)}", None)

    async def _ask(self, method: str, path: str, body: Any) -> dict[str, Any]:
        for attempt in range(_TRIES):
            async with self._at_once:
                status, wait_s, answer = await asyncio.to_thread(_request, method, self.server + path, body)
            if status < 300:
                return answer
            if status not in (429, 503) or attempt + 1 == _TRIES:
                raise NoEntry(f"{self.server}{path} answers {status}: {_message(answer)}")
            await asyncio.sleep(min(wait_s or 0.5 * 2**attempt, 10))
        raise AssertionError


def _request(method: str, url: str, body: Any) -> tuple[int, float, dict[str, Any]]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "showroom-bots"}
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, 0.0, json.loads(response.read(_MOST_BYTES) or b"{}")
    except urllib.error.HTTPError as exc:
        wait = exc.headers.get("Retry-After", "")
        try:
            answer = json.loads(exc.read(_MOST_BYTES))
        except ValueError:
            answer = {}
        return exc.code, float(wait) if wait.isdigit() else 0.0, answer if isinstance(answer, dict) else {}
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "reason", exc)
        raise NoEntry(f"No answer from {url}: {reason}. Start the server with: showroom serve") from exc


def _message(answer: dict[str, Any]) -> str:
    error = answer.get("error")
    return str(error.get("message")) if isinstance(error, dict) else "no reason given."
