"""The studio from a script: a scene in, its progress, the files of its video out.

    studio = StudioClient("http://127.0.0.1:8600")
    job = studio.submit(read_scene("examples/demo.json"), beside=Path("examples"))
    done = studio.wait(job.id, progress=lambda now: print(now.step, "of", now.steps))
    studio.download(done.id, kind="mp4", path=Path("demo.mp4"))

Nothing but the standard library is used to speak to the service, and a broken connection is taken up again: the
service forgets no job.
"""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote

from boximator.scene.atomic import appearing
from boximator.scene.embedded import embedded_bytes, is_embedded
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.schema import adapter
from boximator.studio import wire
from boximator.studio.states import ENDED

ADDRESS = "http://127.0.0.1:8600"
PATIENCE = 60.0
"""Seconds in which the service must say something: its event streams say at least `ping` every 15."""

TRIES = 20
"""Connections that may break without any news in between: a restart takes less."""

PAUSE = 1.0
"""Seconds between them."""


class StudioClient:
    """One studio. `token` is needed where it is not on this machine.

    Every method raises a Problem with the service's own words where it refuses, or where nobody answers.
    """

    def __init__(self, address: str = ADDRESS, *, token: str | None = None) -> None:
        self._address = address.rstrip("/")
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def upload(self, data: bytes, *, name: str = "picture") -> wire.Picture:
        """Give it a picture file's bytes (or a video's: its first frame)."""
        edge = secrets.token_hex(16)
        called = quote(name, safe=" ().-_")
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{called}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        told = self._ask("POST", "/pictures", body, kind=f"multipart/form-data; boundary={edge}")
        return wire.Picture.model_validate(told)

    def submit(
        self,
        scene: Scene,
        *,
        beside: Path | None = None,
        settings: wire.Settings | None = None,
        priority: int = 0,
        key: str | None = None,
    ) -> wire.JobDetail:
        """Queue a scene; its pictures, embedded or beside the scene's file, are uploaded first.

        Args:
            scene: pictures that were uploaded already are named by their ids.
            beside: the folder that names of pictures are relative to; None: they are ids.
            settings: how to sample.
            priority: -100 to 100, higher runs earlier.
            key: the same key again gives the same job, and no second one; drawn if left away.
        """
        placed = replace(
            scene,
            picture=self._placed(scene.picture, beside=beside),
            last_picture=self._placed(scene.last_picture, beside=beside),
        )
        body = {
            "scene": adapter().dump_python(placed, mode="json"),
            "settings": (settings or wire.Settings()).model_dump(),
            "priority": priority,
        }
        headers = {"Idempotency-Key": key or secrets.token_urlsafe(16)}
        return wire.JobDetail.model_validate(self._ask("POST", "/jobs", body, headers=headers))

    def job(self, job: str) -> wire.JobDetail:
        """Where it is, and what was asked."""
        return wire.JobDetail.model_validate(self._ask("GET", f"/jobs/{job}"))

    def cancel(self, job: str) -> wire.Job:
        """Stop it: at once if it waits, at the next step if it runs."""
        return wire.Job.model_validate(self._ask("POST", f"/jobs/{job}/cancel"))

    def watch(self, job: str) -> Iterator[wire.Job]:
        """Where it is now, and again at every change, until it has ended."""
        newest, tries = -1, 0
        while True:
            try:
                for now in self._changes(job):
                    tries = 0
                    if now.revision > newest:
                        newest = now.revision
                        yield now
                    if now.state in ENDED:
                        return
            except (OSError, HTTPException) as error:
                if tries == TRIES:
                    raise self._silent(error) from error
            tries += 1
            time.sleep(PAUSE)

    def wait(self, job: str, *, progress: Callable[[wire.Job], None] | None = None) -> wire.Job:
        """The job, once it is done.

        Raises:
            Problem: it failed (with the service's reason), or was cancelled.
        """
        now: wire.Job | None = None
        for now in self.watch(job):
            if progress is not None:
                progress(now)
        assert now is not None, "a stream begins with where the job is"
        if now.result is not None:
            return now
        if now.reason is not None:
            raise Problem(given=now.reason.given, wanted=now.reason.wanted, fix=now.reason.fix)
        raise Problem(
            given=f"The job {job} was cancelled", wanted="A job that is done", fix="Submit it again"
        )

    def download(self, job: str, *, kind: str = "mp4", path: Path) -> Path:
        """Save a file of a result: `mp4`, `gif`, or the `json` that makes it again. It appears whole or not at all."""
        with appearing(path) as temporary, self._opened("GET", f"/jobs/{job}/downloads/{kind}") as answer:
            temporary.write_bytes(answer.read())
        return path

    def _placed(self, picture: str | None, *, beside: Path | None) -> str | None:
        if picture is None:
            return None
        if is_embedded(picture):
            return self.upload(embedded_bytes(picture)).id
        if beside is None:
            return picture
        try:
            return self.upload((beside / picture).read_bytes(), name=Path(picture).name).id
        except OSError as error:
            raise Problem(
                given=f"The picture {beside / picture} cannot be read: {error.strerror}",
                wanted="The scene's first picture",
                fix="Put it there, or correct its name in the scene",
            ) from error

    def _changes(self, job: str) -> Iterator[wire.Job]:
        """One connection's events."""
        with self._opened("GET", f"/jobs/{job}/events", raw=True) as lines:
            kind = ""
            for line in lines:
                name, _, value = line.decode().rstrip("\r\n").partition(": ")
                if name == "event":
                    kind = value
                elif name == "data" and kind == "job":
                    yield wire.Job.model_validate_json(value)

    def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Any:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = (headers or {}) | ({} if data is None else {"Content-Type": kind})
        with self._opened(method, path, data, headers=sent) as answer:
            return json.load(answer)

    def _opened(
        self,
        method: str,
        path: str,
        data: bytes | None = None,
        *,
        headers: dict[str, str] | None = None,
        raw: bool = False,
    ) -> HTTPResponse:
        """The answer; `raw` leaves broken connections to the caller."""
        request = urllib.request.Request(
            f"{self._address}/api/v1{path}", data, self._headers | (headers or {}), method=method
        )
        try:
            return urllib.request.urlopen(request, timeout=PATIENCE)
        except urllib.error.HTTPError as error:
            raise _refused(error) from error
        except (OSError, HTTPException) as error:
            if raw:
                raise
            raise self._silent(error) from error

    def _silent(self, error: Exception) -> Problem:
        return Problem(
            given=f"No studio answers at {self._address} ({error})",
            wanted="The address that `boximator studio` printed",
            fix="Start it, or correct the address",
        )


def _refused(error: urllib.error.HTTPError) -> Problem:
    """What the service said, in its own words."""
    try:
        fault = wire.Refusal.model_validate_json(error.read()).faults[0]
    except (ValueError, OSError):
        return Problem(
            given=f"{error.url} was answered with {error.code} {error.reason}",
            wanted="The answer of a boximator studio",
            fix="See whether another program listens there",
        )
    given = f"{fault.place}: {fault.given}" if fault.place else fault.given
    return Problem(given=given, wanted=fault.wanted, fix=fault.fix)
