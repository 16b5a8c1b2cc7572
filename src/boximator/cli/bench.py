"""`boximator bench`: speed, measured side by side in one run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated

import typer

from boximator.cli.table import print_table


def bench(
    rounds: Annotated[int, typer.Option(min=1, help="Repetitions; the fastest of each counts.")] = 10,
    size: Annotated[int, typer.Option(min=128, help="Side of the square photograph in pixels.")] = 512,
) -> None:
    """Time one generation with and without boxes, in turns, and training. Example: boximator bench --rounds 20"""
    import numpy as np
    from rich.table import Table

    from boximator.generation import load_engine
    from boximator.scene.box import Box
    from boximator.scene.scene import Scene
    from boximator.scene.track import Keyframe, Track
    from boximator.world.make import make_clip

    engine = load_engine()
    picture = make_clip(0, split="heldout", size=(size, size), stride=4).frames[0]
    keys = (Keyframe(frame=0, box=Box(0.2, 0.3, 0.5, 0.7)), Keyframe(frame=15, box=Box(0.5, 0.3, 0.8, 0.7)))
    scene = Scene(prompt="it moves to the right", tracks=(Track(id=1, label="it", keyframes=keys),))
    times: dict[bool, list[float]] = {True: [], False: []}
    engine.generate(scene, picture=picture)
    for _ in range(rounds):
        for boxes, seconds in times.items():
            seconds.append(engine.generate(scene, picture=picture, boxes=boxes).seconds)
    with_boxes, without = (float(np.min(times[boxes])) for boxes in (True, False))
    table = Table("what", "measured", title=f"16 frames of {size}x{size}, {rounds} rounds")
    table.add_row("seconds with boxes", f"{with_boxes:.2f}")
    table.add_row("seconds without", f"{without:.2f}")
    table.add_row("time(box) / time(none)", f"{with_boxes / without:.3f}")
    table.add_row("training clips per second", f"{_per_second(_training_step()):.2f}")
    print_table(table)


def _training_step() -> Callable[[], int]:
    """One step of training the base, without an optimiser: forward and backward of a batch."""
    import torch

    from boximator.data.stream import StreamConfig, make_batch
    from boximator.pocket.base import PocketSize, build
    from boximator.pocket.text import TextEncoder
    from boximator.training.base_task import BaseTask

    task = BaseTask(build(PocketSize()))
    batch = make_batch(StreamConfig(batch=8), step=0, text=TextEncoder())

    def step() -> int:
        task.loss(batch, step=0, generator=torch.Generator().manual_seed(0)).total.backward()
        return len(batch)

    return step


def _per_second(step: Callable[[], int], *, rounds: int = 3) -> float:
    step()
    began = time.perf_counter()
    done = sum(step() for _ in range(rounds))
    return done / (time.perf_counter() - began)
