"""What several tests of the studio share: an engine moved by hand, requests, and a server on a real port."""

from __future__ import annotations

import contextlib
import io
import json
import threading
import time
from collections.abc import Callable, Generator, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import uvicorn
from fastapi.testclient import TestClient
from PIL import Image

from boximator.scene.problem import Problem
from boximator.studio.app import create_app
from boximator.studio.config import StudioConfig
from boximator.studio.engine import (
    Engine,
    Event,
    Failed,
    Finished,
    Lost,
    Output,
    Stepped,
    Stopped,
    Task,
    WorkerState,
)
from boximator.studio.opening import opened
from boximator.studio.result_store import FILES, FRAME
from boximator.studio.serve import Server, bound
from boximator.studio.service import Studio

HOST = "http://127.0.0.1"
PATIENCE = 300.0
"""Seconds after which something that should happen has not: only a test that fails waits so long."""

OUTPUT = Output(
    files=dict.fromkeys(FILES.values(), b"file") | {FRAME.format(index=0): b"webp"},
    frames=1,
    width=16,
    height=16,
    fps=8,
    seconds=0.5,
)


class HandEngine:
    """An engine with one worker, which does what the test says."""

    name = "hand"

    def __init__(self) -> None:
        self.task: Task | None = None
        self.stops: list[str] = []
        self.begun: list[Task] = []
        self._tell: Callable[[Event | None], None] = lambda event: None
        self._changed = threading.Condition()

    def open(self, tell: Callable[[Event | None], None]) -> None:
        self._tell = tell

    def free(self) -> int:
        return int(self.task is None)

    def begin(self, task: Task) -> None:
        with self._changed:
            self.task = task
            self.begun.append(task)
            self._changed.notify_all()

    def stop(self, job: str) -> None:
        with self._changed:
            self.stops.append(job)
            self._changed.notify_all()

    def workers(self) -> list[WorkerState]:
        job = None if self.task is None else self.task.job
        return [WorkerState(device="hand", job=job, ready=True, starts=1, process=None)]

    def close(self) -> None:
        self.task = None

    def wait(self, for_: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(for_, PATIENCE)

    def running(self, job: str) -> Task:
        """The job's task, once it has begun."""
        self.wait(lambda: self.task is not None and self.task.job == job)
        assert self.task is not None
        return self.task

    def step(self, done: int, *, of: int = 8, preview: bytes | None = None) -> None:
        task = self._now()
        self._tell(Stepped(job=task.job, attempt=task.attempt, step=done, steps=of, preview=preview))

    def finish(self, output: Output = OUTPUT) -> None:
        task = self._end()
        self._tell(Finished(job=task.job, attempt=task.attempt, output=output))

    def fail(self, reason: Problem) -> None:
        task = self._end()
        self._tell(Failed(job=task.job, attempt=task.attempt, reason=reason))

    def stopped(self) -> None:
        task = self._end()
        self._tell(Stopped(job=task.job, attempt=task.attempt))

    def lose(self) -> None:
        task = self._end()
        self._tell(Lost(job=task.job, attempt=task.attempt, how="The worker fell over"))

    def _now(self) -> Task:
        assert self.task is not None
        return self.task

    def _end(self) -> Task:
        task, self.task = self._now(), None
        return task


class Client:
    """The API as a test speaks it."""

    def __init__(self, http: TestClient, *, engine: HandEngine, studio: Studio) -> None:
        self.http = http
        self.engine = engine
        self.studio = studio

    def upload(self, data: bytes | None = None, *, name: str = "picture.png") -> str:
        answer = self.http.post("/api/v1/pictures", files={"file": (name, data or png())})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def submit(self, *, key: str | None = None, priority: int = 0, **scene: Any) -> dict[str, Any]:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = request(scene.pop("picture", None) or self.upload(), priority=priority, **scene)
        answer = self.http.post("/api/v1/jobs", json=body, headers=headers)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def job(self, job: str) -> dict[str, Any]:
        answer = self.http.get(f"/api/v1/jobs/{job}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def until(self, job: str, *states: str) -> dict[str, Any]:
        """The job, once it is in one of these states."""
        return until(lambda: self.job(job), lambda now: now["state"] in states)


def until(look: Callable[[], Any], right: Callable[[Any], bool]) -> Any:
    """Looks again and again until it is right."""
    end = time.monotonic() + PATIENCE
    while not right(seen := look()):
        assert time.monotonic() < end, seen
        time.sleep(0.01)
    return seen


def png(size: tuple[int, int] = (64, 48), *, colour: str = "teal", kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, format=kind)
    return stream.getvalue()


def scene(picture: str, /, **fields: Any) -> dict[str, Any]:
    keys = [{"frame": 0, "box": [0.1, 0.2, 0.4, 0.6]}, {"frame": 7, "box": [0.5, 0.2, 0.8, 0.6]}]
    tracks = [{"id": 1, "label": "it", "keyframes": keys}]
    return {"version": 1, "picture": picture, "prompt": "it moves", "tracks": tracks, "frames": 8} | fields


def request(picture: str, /, *, priority: int = 0, **fields: Any) -> dict[str, Any]:
    return {"scene": scene(picture, **fields), "priority": priority}


@contextlib.contextmanager
def client(config: StudioConfig) -> Generator[Client]:
    """A studio on an engine moved by hand, called without a network."""
    engine = HandEngine()
    with opened(config, engine=engine) as studio:
        http = TestClient(create_app(config, studio=studio), base_url=HOST, follow_redirects=False)
        yield Client(http, engine=engine, studio=studio)


@contextlib.contextmanager
def live(config: StudioConfig, *, engine: Engine) -> Generator[int]:
    """A studio on a real port, which is given."""
    with bound(config) as listener, opened(config, engine=engine) as studio:
        ready = threading.Event()
        setup = uvicorn.Config(create_app(config, studio=studio), lifespan="off", log_level="warning")
        server = Server(setup, studio=studio, ready=ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert ready.wait(PATIENCE)
            yield listener.getsockname()[1]
        finally:
            server.handle_exit(15, None)
            thread.join()


def call(port: int, method: str, path: str, body: Any = None) -> Any:
    """One JSON call over the network."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        headers = {"Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status < 300, data
        return json.loads(data) if data else None


def upload(port: int) -> str:
    """A picture, over the network."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        + png()
        + b"\r\n--x--\r\n"
    )
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request(
            "POST", "/api/v1/pictures", body, {"Content-Type": "multipart/form-data; boundary=x"}
        )
        answer = connection.getresponse()
        assert answer.status == 201
        return json.loads(answer.read())["id"]


@contextlib.contextmanager
def events(port: int, path: str) -> Generator[Iterator[tuple[str, dict[str, Any]]]]:
    """An event stream, as (event, data)."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        yield _parsed(answer)


def _parsed(lines: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = ""
    for line in lines:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


def config_in(folder: Path, **fields: Any) -> StudioConfig:
    return StudioConfig(data=folder / "data", port=0, **fields)
