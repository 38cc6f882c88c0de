"""The bus over Redis publish/subscribe: one channel, one connection to listen and one to speak."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Final

from showroom.realtime.bus import AnyNotice, decode, encode
from showroom_assets.errors import ShowroomError

_MOST_WAITING: Final = 10_000
_PAUSE_S: Final = 0.5
_log: Final = logging.getLogger("showroom.realtime")


class NoRedis(ShowroomError):
    """The Redis of the settings cannot be used."""

    code = "bus.no_redis"


class RedisBus:
    """
    Parameters
    ----------
    url
        ``redis://host:6379/0``.
    channel
        Servers on the same channel hear each other; a store each, if several share a Redis.
    """

    def __init__(self, url: str, *, channel: str = "showroom:rooms") -> None:
        try:
            from redis import asyncio as redis
            from redis.exceptions import RedisError
        except ImportError as exc:
            raise NoRedis("Redis needs a package more. Run: pip install 'showroom[grow]'") from exc
        self._redis: Any = redis.Redis.from_url(url, socket_connect_timeout=5)
        self._failures: tuple[type[Exception], ...] = (RedisError, OSError)
        self._channel = channel
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(_MOST_WAITING)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_alone(self) -> bool:
        """As ``Bus.is_alone``: nobody knows."""
        return False

    async def start(self, on_notice: Callable[[AnyNotice], None], on_gap: Callable[[], None]) -> None:
        """
        As ``Bus.start``.

        Raises
        ------
        NoRedis
            It does not answer.
        """
        try:
            await self._redis.ping()
        except self._failures as exc:
            raise NoRedis(f"Redis does not answer: {exc}. Start it, or set bus to memory.") from exc
        listening = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(self._listen(on_notice, on_gap, listening), name="bus listener"),
            loop.create_task(self._speak(), name="bus speaker"),
        ]
        await listening.wait()

    def publish(self, notice: AnyNotice) -> None:
        """As ``Bus.publish``."""
        with contextlib.suppress(asyncio.QueueFull):
            self._waiting.put_nowait(encode(notice))

    async def stop(self) -> None:
        """As ``Bus.stop``; says what still waits, for a second at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._waiting.join()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    async def _listen(
        self, on_notice: Callable[[AnyNotice], None], on_gap: Callable[[], None], listening: asyncio.Event
    ) -> None:
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(self._channel)
                    if listening.is_set():
                        on_gap()
                    listening.set()
                    async for message in channel.listen():
                        notice = decode(message["data"])
                        if notice is not None:
                            on_notice(notice)
            except self._failures as exc:
                _log.warning("the bus is interrupted: %s", exc)
            await asyncio.sleep(_PAUSE_S)

    async def _speak(self) -> None:
        while True:
            data = await self._waiting.get()
            try:
                await self._redis.publish(self._channel, data)
            except self._failures:
                await asyncio.sleep(_PAUSE_S)  # the listener says so in the log; the directory is said again anyway
            finally:
                self._waiting.task_done()


def bus_of(setting: str) -> Any:
    """
    The bus that the setting names: ``memory`` or ``redis://…``.

    Raises
    ------
    NoRedis
        The package is missing.
    """
    if setting == "memory":
        from showroom.realtime.bus import MemoryBus

        return MemoryBus()
    return RedisBus(setting)
