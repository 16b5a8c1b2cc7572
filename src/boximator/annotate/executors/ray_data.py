"""Ray: an actor pool of Ray Data, on this machine or on a cluster. Paths travel, never frames.

Where actors live, which devices they hold, and that they are started anew when they or their machine die is Ray's own
doing. A video that kills a process must not have its actor tried for ever, as Ray would: so each actor has a process of
its own beside it, as the local executor has, which can be blamed. An actor that is lost all the same costs no try.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import math
import os
import pickle
import socket
import sys
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from boximator.annotate.executors.process import Worker
from boximator.annotate.stages import CPUS, GPUS, MEMORY
from boximator.annotate.work import Failed, Job, Outcome, Work
from boximator.cluster import connect
from boximator.scene.problem import Problem

LOSSES = 3
"""After so many lost actors a video counts as tried: it may be that it takes all the memory of a machine."""

STORE = 128 * 2**20
"""Bytes of shared memory of a Ray of our own: paths and boxes need no more."""


@contextlib.contextmanager
def connected(address: str | None, *, workers: int | None) -> Generator[None]:
    """A Ray for annotation, as long as the block lasts.

    Raises:
        Problem: Ray is not installed, or there is none at the address.
    """
    try:
        import ray

        importlib.import_module("ray.data")  # needs more than Ray itself
    except ImportError as error:
        raise Problem(
            given=f"Ray Data is not installed ({error})",
            wanted="--executor ray annotates on Ray's actors",
            fix='Run: pip install "boximator[annotate,ray]", or leave --executor out',
        ) from error
    cpus = max(math.ceil((workers or 1) * CPUS), os.cpu_count() or 1)
    with contextlib.redirect_stdout(sys.stderr):  # Ray tells of lost actors; standard output is for results
        with _hushed():
            connect(address, log_to_driver=False, num_cpus=cpus, object_store_memory=STORE)
        try:
            yield
        finally:
            ray.shutdown()


@contextlib.contextmanager
def _hushed() -> Generator[None]:
    """Ray's own part is to say only what ends it, and is not to say that it was told so."""
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@dataclass(frozen=True)
class RayData:
    """See `boximator.annotate.work.Executor`; wants to be `connected`.

    Attributes:
        workers: actors; None is as many as there is room for.
        patience: seconds that one video may take.
        cpus, gpus, memory: of each worker; memory in MB.
    """

    workers: int | None = None
    patience: float = 3600.0
    cpus: float = CPUS
    gpus: float = GPUS
    memory: int = MEMORY

    def run(self, jobs: Iterator[Job], *, work: Work) -> Generator[tuple[Job, Outcome]]:
        """Raises Problem if a worker cannot load what it needs, no machine has room for one, or Ray is gone."""
        from ray.exceptions import RayError

        asked = [pickle.dumps(job) for job in jobs]
        try:
            for told in self._answers(asked, work=work):
                job, outcome = pickle.loads(told)
                if isinstance(outcome, Problem):
                    raise outcome
                yield job, outcome
        except RayError as error:
            raise Problem(
                given=f"Ray was lost ({type(error).__name__}: {str(error).strip().splitlines()[0]})",
                wanted="A Ray that lasts as long as the run",
                fix="Run the same command again: what is done is kept, and it goes on from there",
            ) from error

    def _answers(self, asked: list[bytes], *, work: Work) -> Iterator[bytes]:
        """As they come: every video is a block of its own, and an actor has one at a time."""
        import ray.data

        workers = min(self.workers or self.room(), len(asked))
        context: Any = ray.data.DataContext.get_current()
        context.enable_progress_bars = context.print_on_execution_start = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        data: Any = ray.data.from_items([{"job": one} for one in asked], override_num_blocks=len(asked))
        pool: Any = ray.data.ActorPoolStrategy(size=workers, max_tasks_in_flight_per_actor=1)
        answers = data.map_batches(
            Attendant,
            fn_constructor_args=(work, self.patience),
            batch_size=1,
            compute=pool,
            num_cpus=self.cpus,
            num_gpus=self.gpus,
            memory=self.memory * 2**20,
        )
        for batch in answers.iter_batches(batch_size=None, prefetch_batches=0):
            yield from batch["told"]

    def room(self) -> int:
        """How many workers the machines have room for."""
        import ray

        wanted = {"CPU": self.cpus, "GPU": self.gpus, "memory": self.memory * 2**20}
        room = 0
        for machine in ray.nodes():
            has: dict[str, float] = machine["Resources"] if machine["Alive"] else {}
            room += min(int(has.get(name, 0) / needs) for name, needs in wanted.items() if needs)
        if not room:
            raise Problem(
                given="No machine of the cluster has room for a worker",
                wanted=f"{self.cpus:g} CPUs, {self.gpus:g} GPUs and {self.memory} MB on one machine",
                fix="Start Ray on a machine that has them, or ask for less",
            )
        return room


class Attendant:
    """What an actor does: it gives videos to a process of its own, one at a time."""

    def __init__(self, work: Work, patience: float) -> None:
        self._work = work
        self._patience = patience
        self._worker = Worker(work)

    def __call__(self, batch: dict[str, Iterable[bytes]]) -> dict[str, list[bytes]]:
        """Pickled jobs -> pickled pairs of a job and what became of it."""
        jobs: list[Job] = [pickle.loads(one) for one in batch["job"]]
        return {"told": [pickle.dumps((job, self.told(job))) for job in jobs]}

    def told(self, job: Job) -> Outcome | Problem:
        """Counts how often an actor was lost over a video, in a file that goes when it has an end."""
        folder = self._work.folder
        if not folder.is_dir():
            return Problem(
                given=f"{socket.gethostname()} does not see {folder}",
                wanted="A folder (-o) that all machines of the cluster see under the same name, and so with the videos",
                fix="Choose one on a shared disk",
            )
        begun = folder / f"begun-{job.id}"
        try:
            lost = begun.stat().st_size if begun.exists() else 0
            if lost >= LOSSES:
                return Failed(f"{lost} Ray actors were lost while they worked on it.")
            with (
                contextlib.suppress(OSError),
                begun.open("ab") as stream,
            ):  # of a full disk the process will tell
                stream.write(b".")
            return self._worker.worked(job, patience=self._patience)
        except Problem as problem:
            return problem
        finally:
            begun.unlink(missing_ok=True)
