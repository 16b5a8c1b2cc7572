"""Puts a studio together, starts it, and takes it down again."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from boximator.scene.problem import Problem
from boximator.studio.attempts import Attempts
from boximator.studio.broadcast import Broadcast
from boximator.studio.config import StudioConfig
from boximator.studio.database import only_one, open_database
from boximator.studio.dispatcher import Dispatcher
from boximator.studio.engine import Engine
from boximator.studio.folder import Folder
from boximator.studio.job_store import JobStore
from boximator.studio.local import LocalEngine, local_devices
from boximator.studio.picture_store import PictureStore
from boximator.studio.result_store import ResultStore
from boximator.studio.service import Studio


@contextlib.contextmanager
def opened(config: StudioConfig, *, engine: Engine) -> Generator[Studio]:
    """A studio at work on an engine that has not been started.

    Raises:
        Problem: its folder or database cannot be used, or another studio uses them.
    """
    folder = Folder(config.data)
    with contextlib.ExitStack() as stack:
        folder.lock()
        stack.callback(folder.unlock)
        folder.sweep()
        database = open_database(config.database, folder=config.data)
        stack.callback(database.dispose)
        stack.enter_context(only_one(database))
        broadcast = Broadcast()
        pictures = PictureStore(database, folder=folder, limits=config.limits)
        results = ResultStore(folder)
        dispatcher = Dispatcher(
            Attempts(database), engine=engine, pictures=pictures, results=results, publish=broadcast.publish
        )
        dispatcher.open()
        stack.callback(dispatcher.close)
        stack.callback(broadcast.close)
        yield Studio(
            jobs=JobStore(database),
            pictures=pictures,
            results=results,
            engine=engine,
            dispatcher=dispatcher,
            broadcast=broadcast,
            limits=config.limits,
        )


def make_engine(config: StudioConfig) -> Engine:
    """The engine of this name, not yet started."""
    if config.engine == "ray":
        try:
            from boximator.studio.ray_engine import RayEngine
        except ModuleNotFoundError as error:
            raise Problem(
                given="Ray is not installed",
                wanted="--engine ray runs jobs on Ray actors",
                fix='Run: pip install "boximator[ray]", or leave --engine out',
            ) from error
        return RayEngine(job_function=config.job_function, workers=config.workers, address=config.ray_address)
    devices = local_devices()
    if config.workers is not None:
        devices = tuple(devices[index % len(devices)] for index in range(config.workers))
    return LocalEngine(job_function=config.job_function, devices=devices)
