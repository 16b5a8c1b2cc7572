#!/usr/bin/env python
"""Loads the studio's service: many clients, jobs that only pretend, workers killed at random, the server restarted.

    .venv/bin/python scripts/load_studio.py --jobs 1000 --clients 20 --kills 20 --restarts 2
    .venv/bin/python scripts/load_studio.py --engine ray
    .venv/bin/python scripts/load_studio.py --database postgresql://user@/name?host=/run/postgresql

Every job must end exactly once: what each client saw of its jobs is compared with what the server says at the end.
Prints the states, the jobs per second, and the median and 95th percentile of the API calls' seconds. Exits 1 if a
job was lost, ended twice, or failed for another reason than that its worker was killed twice.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import io
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ENDED = {"done", "failed", "cancelled"}
PATIENCE = 600.0
"""Seconds without any news after which it is given up."""


@dataclass
class Plan:
    """How much of what."""

    jobs: int
    clients: int
    kills: int
    restarts: int
    workers: int
    engine: str
    database: str | None
    seed: int
    cancelled: float = 0.05
    """Share of the jobs that their client stops."""


@dataclass
class Report:
    """What came of it."""

    states: Counter[str]
    seconds: float
    calls: list[float]
    attempts: Counter[int]
    kills: int
    wrong: list[str]

    def text(self) -> str:
        """For people."""
        percentiles = statistics.quantiles(self.calls, n=100)
        lines = [
            f"jobs: {dict(self.states)}, attempts: {dict(sorted(self.attempts.items()))}",
            f"{self.kills} workers killed; {sum(self.states.values()) / self.seconds:.1f} jobs per second",
            f"{len(self.calls)} API calls: median {1000 * percentiles[49]:.1f} ms, "
            f"p95 {1000 * percentiles[94]:.1f} ms, longest {1000 * max(self.calls):.0f} ms",
            *self.wrong,
        ]
        return "\n".join(lines)


class Server:
    """A studio in a process of its own, which can be killed and started again at the same port."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.port = 0
        self._command = [
            sys.executable, "-m", "boximator.cli.app", "studio", "--no-browser", "--data", str(folder),
            "--engine", plan.engine, "--workers", str(plan.workers), "--job", "boximator.studio.rehearsal:bare",
            *(["--database", plan.database] if plan.database else []),
        ]  # fmt: skip
        self._process: subprocess.Popen[str] | None = None
        self.lock = threading.Lock()

    def start(self) -> None:
        """Start it, at a free port first and at the same one from then on."""
        command = [*self._command, "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        found = None
        while found is None and (line := self._process.stdout.readline()):
            found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if found is None:
            raise SystemExit("load: the studio did not start")
        self.port = int(found[1])

    def stop(self, how: signal.Signals) -> None:
        """End it."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait()

    def restart(self, how: signal.Signals) -> None:
        """End it and start it again."""
        with self.lock:
            self.stop(how)
            self.start()

    def children(self) -> list[int]:
        """The worker processes."""
        assert self._process is not None
        with self.lock, contextlib.suppress(OSError):
            return _workers(self._process.pid)
        return []


def _workers(process: int) -> list[int]:
    """Processes below this one that run jobs: spawned ones, or Ray's, which are named after their class."""
    tree: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            tree.setdefault(parent, []).append(int(path.name))
    found: list[int] = []
    below = list(tree.get(process, []))
    while below:
        child = below.pop()
        below += tree.get(child, [])
        with contextlib.suppress(OSError):
            line = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"spawn_main" in line or b"ray::Runner" in line:
                found.append(child)
    return found


@dataclass
class Client:
    """Submits jobs, each with a key of its own, and asks again through every break of the connection."""

    server: Server
    calls: list[float] = field(default_factory=list)

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """One call, repeated until the server answers; the time of a call that was answered is kept."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            began = time.perf_counter()
            try:
                status, answer = self._once(method, path, body, key)
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
                continue
            self.calls.append(time.perf_counter() - began)
            if status >= 500:
                raise SystemExit(f"load: {method} {path} was answered with {status}")
            return answer
        raise SystemExit("load: the server does not answer any more")

    def _once(self, method: str, path: str, body: Any, key: str | None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        with contextlib.closing(connection):
            headers = {"Content-Type": "application/json"} | ({} if key is None else {"Idempotency-Key": key})
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            data = answer.read()
            return answer.status, json.loads(data) if data else None


def upload(server: Server) -> str:
    """One picture for all jobs."""
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(stream, format="PNG")
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with contextlib.closing(connection):
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        connection.request("POST", "/api/v1/pictures", head + stream.getvalue() + b"\r\n--x--\r\n", headers)
        return json.loads(connection.getresponse().read())["id"]


def run(plan: Plan) -> Report:
    """All of it."""
    with tempfile.TemporaryDirectory() as name:
        server = Server(Path(name), plan)
        server.start()
        try:
            return _run(server, plan)
        finally:
            server.stop(signal.SIGTERM)


def _run(server: Server, plan: Plan) -> Report:
    if held := len(_all_jobs(Client(server))):
        sys.exit(
            f"The database holds {len(held)} jobs. They are counted from none: give an empty one, or no --database"
        )
    picture = upload(server)
    clients = [Client(server) for _ in range(plan.clients)]
    submitted: dict[str, str] = {}  # by key
    ends: dict[str, set[str]] = {}  # every end anybody saw of a job
    over = threading.Event()
    rng = random.Random(plan.seed)

    def work(client: Client, numbers: range) -> None:
        mine: list[str] = []
        own = random.Random(numbers.start)
        for number in numbers:
            key = f"job-{number}"
            job = client.call("POST", "/api/v1/jobs", _request(picture, number), key=key)["id"]
            submitted[key] = job
            mine.append(job)
            if own.random() < plan.cancelled:
                client.call("POST", f"/api/v1/jobs/{job}/cancel")
        while mine:
            for job in list(mine):
                state = client.call("GET", f"/api/v1/jobs/{job}")["state"]
                if state in ENDED:
                    ends.setdefault(job, set()).add(state)
                    mine.remove(job)
            time.sleep(0.05)

    shares = [range(first, plan.jobs, plan.clients) for first in range(plan.clients)]
    threads = [threading.Thread(target=work, args=pair) for pair in zip(clients, shares, strict=True)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    trouble = Trouble(server, plan, rng=rng, over=over, done=lambda: len(ends) / plan.jobs)
    trouble.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    over.set()
    trouble.join()
    jobs = _all_jobs(clients[0])
    return Report(
        states=Counter(job["state"] for job in jobs),
        seconds=seconds,
        calls=[call for client in clients for call in client.calls],
        attempts=Counter(job["attempts"] for job in jobs),
        kills=trouble.kills,
        wrong=list(_wrong(jobs, submitted=submitted, ends=ends, plan=plan)),
    )


class Trouble(threading.Thread):
    """Kills workers at random moments, and the server: once without warning, once with."""

    def __init__(
        self, server: Server, plan: Plan, *, rng: random.Random, over: threading.Event, done: Any
    ) -> None:
        super().__init__(daemon=True)
        self.kills = 0
        self._server = server
        self._rng = rng
        self._over = over
        self._done = done
        moments = [(rng.random(), "worker") for _ in range(plan.kills)]
        moments += [((number + 1) / (plan.restarts + 1), "server") for number in range(plan.restarts)]
        self._moments = sorted(moments)

    def run(self) -> None:
        """Everything happens when a share of the jobs has ended."""
        restarts = 0
        for moment, whom in self._moments:
            while self._done() < moment and not self._over.is_set():
                time.sleep(0.02)
            if self._over.is_set():
                return
            if whom == "server":
                self._server.restart(signal.SIGKILL if restarts % 2 == 0 else signal.SIGTERM)
                restarts += 1
            elif workers := self._server.children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._rng.choice(workers), signal.SIGKILL)
                    self.kills += 1


def _all_jobs(client: Client) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = []
    before: str | None = None
    while True:
        page = client.call("GET", "/api/v1/jobs?limit=500" + (f"&before={before}" if before else ""))
        jobs += page["jobs"]
        before = page["next"]
        if before is None:
            return jobs


def _wrong(
    jobs: list[dict[str, Any]], *, submitted: dict[str, str], ends: dict[str, set[str]], plan: Plan
) -> Any:
    found = {job["id"]: job for job in jobs}
    if len(found) != plan.jobs or set(found) != set(submitted.values()):
        yield f"{len(found)} jobs on the server, {len(set(submitted.values()))} were submitted, {plan.jobs} were wanted"
    for name, job in found.items():
        if job["state"] not in ENDED:
            yield f"{name} is {job['state']}: it has not ended"
        elif ends.get(name) != {job["state"]}:
            yield f"{name} was seen to end as {ends.get(name)}, and is {job['state']}"
        if job["state"] == "failed" and "begun 2 times" not in job["reason"]["given"]:
            yield f"{name} failed: {job['reason']['given']}"


def _request(picture: str, number: int) -> dict[str, Any]:
    track = {
        "id": 1,
        "keyframes": [{"frame": 0, "box": [0.1, 0.1, 0.4, 0.4]}, {"frame": 15, "box": [0.5, 0.5, 0.8, 0.8]}],
    }
    scene = {"version": 1, "picture": picture, "prompt": f"job {number}", "seed": number, "tracks": [track]}
    return {"scene": scene, "settings": {"steps": 3}}


def main() -> int:
    """Reads the options; 0 if all was well."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--jobs", type=int, default=1000)
    options.add_argument("--clients", type=int, default=20)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--restarts", type=int, default=2)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--engine", choices=("local", "ray"), default="local")
    options.add_argument("--database")
    options.add_argument("--seed", type=int, default=0)
    report = run(Plan(**vars(options.parse_args())))
    sys.stdout.write(report.text() + "\n")
    return int(bool(report.wrong))


if __name__ == "__main__":
    sys.exit(main())
