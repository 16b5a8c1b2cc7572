"""Several methods on the same clips, from the same noise, on the same frozen base."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache, partial
from typing import Any

from rich.table import Table

from boximator.data.clip_scene import clip_scene
from boximator.evaluation import pool, suite
from boximator.evaluation.engines import ALONE, GUIDED, Chosen, generators
from boximator.evaluation.generator import Generator, Progress
from boximator.evaluation.report import CEILING, Report, with_interval
from boximator.evaluation.rows import Ledger, Rows
from boximator.evaluation.suite import TRUTH, HeldOut, heldout_clip, measured
from boximator.evaluation.tally import tally
from boximator.scene.problem import Problem
from boximator.world.clip import Clip

ALL = ("adapter", "held", *GUIDED)
COLUMNS = ("map", "ap50", "hard_iou", "soft_inside", "coverage", "bg_psnr", "trace_leak")


def chosen_methods(words: str) -> tuple[str, ...]:
    """From the command line: "all", or names with commas between them (checked when they are loaded)."""
    names = ALL if words == "all" else tuple(dict.fromkeys(name.strip() for name in words.split(",")))
    if "boxes" in names and "held" in names:
        raise Problem(
            given=f'The methods are "{words}"',
            wanted="Each method once: boxes is another name of held",
            fix="Leave one of them out",
        )
    return names


def clip_rows(clip: Clip, *, makers: dict[str, Generator]) -> Rows:
    """One clip by the base alone, by every method, and as it truly is.

    Raises:
        Problem: the base alone cannot do it either.
    """
    scene = clip_scene(clip, seed=clip.seed)
    rows: Rows = {}
    for name, make in makers.items():
        began = time.perf_counter()
        refused = False
        try:
            frames = make(scene, picture=clip.frames[0], boxes=name != ALONE)
        except Problem:  # some methods cannot do what comes in from outside the picture
            refused, frames = True, makers[ALONE](scene, picture=clip.frames[0], boxes=False)
        seconds = time.perf_counter() - began
        row = measured(clip, scene=scene, frames=frames)
        rows[name] = replace(row, seconds=seconds, refused=refused)
    rows[TRUTH] = measured(clip, scene=scene, frames=clip.frames, true=True)
    return rows


@cache
def _makers(chosen: Chosen, methods: tuple[str, ...]) -> dict[str, Generator]:
    """Once per process."""
    return generators(chosen, methods=methods)


def measure(
    seed: int, *, chosen: Chosen, size: tuple[int, int], methods: tuple[str, ...]
) -> tuple[int, Rows]:
    """See `pool.Task`."""
    pool.on_one_thread()
    return seed, clip_rows(heldout_clip(seed, size=size), makers=_makers(chosen, methods))


def run(
    heldout: HeldOut,
    *,
    chosen: Chosen,
    methods: tuple[str, ...],
    workers: int,
    ledger: Ledger,
    progress: Progress,
) -> list[Rows]:
    """Measure every clip that the ledger does not have; 0 ``workers`` is this process alone."""
    task = partial(measure, methods=methods)
    if workers:
        return pool.run(heldout, chosen=chosen, workers=workers, ledger=ledger, progress=progress, task=task)
    here = partial(clip_rows, makers=_makers(chosen, methods))
    return suite.run(heldout, measure=here, ledger=ledger, progress=progress)


def comparison(rows: list[Rows], *, chosen: Chosen, suite: str, size: tuple[int, int]) -> Report:
    """The report: for each method (`ALONE` first) its numbers, the gain over the base alone, and seconds per clip."""
    names = [ALONE, *(name for name in rows[0] if name not in (ALONE, TRUTH))]
    tallies: dict[str, dict[str, Any]] = {
        name: dict(tally([row[name] for row in rows], seed=chosen.seed)) for name in names
    }
    without = tallies[ALONE]["map"]
    methods = {
        name: numbers
        | {
            "gain": round(numbers["map"] / without, 3) if without and numbers["map"] is not None else None,
            "seconds_per_clip": round(sum(row[name].seconds for row in rows) / len(rows), 3),
            "refused": sum(row[name].refused for row in rows),
        }
        for name, numbers in tallies.items()
    }
    return {
        "suite": suite,
        "base": chosen.base,
        "n": len(rows),
        "seed": chosen.seed,
        "steps": chosen.steps,
        "size": list(size),
        "methods": methods,
        CEILING: tally([row[TRUTH] for row in rows], seed=chosen.seed, truth=True),
    }


def _lines(content: Report) -> list[list[str]]:
    def line(name: str, numbers: dict[str, Any]) -> list[str]:
        seconds, gain = numbers.get("seconds_per_clip"), numbers.get("gain")
        ends = [f"{value:.2f}" if value is not None else "-" for value in (gain, seconds)]
        refused = str(numbers.get("refused", "-"))
        return [name, *(with_interval(numbers, name=column) for column in COLUMNS), *ends, refused]

    rows = [line(name, numbers) for name, numbers in content["methods"].items()]
    return [*rows, line("true clips", content[CEILING])]


HEADS = ("method", *COLUMNS, "gain", "s/clip", "refused")
"""``refused``: scenes that the method says it cannot do, measured as the base alone makes them."""


def _title(content: Report) -> str:
    return (
        f"{content['suite']}, base {content['base']}, n = {content['n']} clips, {content['steps']} steps, "
        f"seed {content['seed']}"
    )


def table(content: Report) -> Table:
    """For the terminal: a row for each method, value and 95% interval."""
    out = Table(*HEADS, title=_title(content))
    for cells in _lines(content):
        out.add_row(*cells)
    return out


def markdown(content: Report) -> str:
    """The same for a document."""
    lines = [list(HEADS), ["---"] * len(HEADS), *_lines(content)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + f"\n\n{_title(content)}\n"
