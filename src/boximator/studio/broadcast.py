"""News of jobs, from whatever thread they come, to every open event stream."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Generator

from boximator.studio import wire

Change = wire.Job | wire.Removed


class Broadcast:
    """Takes changes from any thread and hands them to the listeners."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._closed = False

    def publish(self, change: Change) -> None:
        """Tell every listener. Never waits for one."""
        with self._lock:
            for listener in self._listeners:
                listener.take(change)

    @contextlib.contextmanager
    def listen(self, *, job: str | None = None) -> Generator[Listener]:
        """All changes (or those of one job) from now on, for the running event loop."""
        listener = Listener(asyncio.get_running_loop(), job=job)
        with self._lock:
            self._listeners.add(listener)
            if self._closed:
                listener.end()
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)

    def close(self) -> None:
        """End every stream: the server stops."""
        with self._lock:
            self._closed = True
            for listener in self._listeners:
                listener.end()


class Listener:
    """The changes one client has not been sent yet: of every job only the latest, so nobody is too slow."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, job: str | None) -> None:
        self._loop = loop
        self._job = job
        self._lock = threading.Lock()
        self._waiting: dict[str, Change] = {}
        self._news = asyncio.Event()
        self._ended = False

    def take(self, change: Change) -> None:
        """Note a change, from any thread."""
        if self._job not in (None, change.id):
            return
        with self._lock:
            if not _older(change, than=self._waiting.get(change.id)):
                self._waiting[change.id] = change
        self._wake()

    def end(self) -> None:
        """After what waits nothing more comes."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is there to hear
            self._loop.call_soon_threadsafe(self._news.set)

    async def __aiter__(self) -> AsyncIterator[Change]:
        while True:
            await self._news.wait()
            self._news.clear()
            with self._lock:
                changes, self._waiting = list(self._waiting.values()), {}
            for change in changes:
                yield change
            if self._ended and not self._waiting:
                return


def _older(change: Change, *, than: Change | None) -> bool:
    """Changes of two threads may arrive the wrong way round."""
    if isinstance(than, wire.Removed):
        return True
    return isinstance(change, wire.Job) and than is not None and change.revision < than.revision
