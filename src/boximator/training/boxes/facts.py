"""What the model card tells of a training."""

from __future__ import annotations

from typing import Any

import boximator
from boximator.training.boxes.footage import Footage
from boximator.training.boxes.run import BoxesRun

MADE_UP = (
    "It was trained on made-up clips: cut-outs that move over photographs, their exact boxes, no sound and "
    "no people who act. How it does on other video has to be measured."
)
FILMED = (
    "Its boxes were found by a detector and a tracker, whose mistakes it has learnt; things that they do not know "
    "were background to it."
)


def facts(run: BoxesRun, *, footage: Footage, objective: str, processes: int) -> dict[str, Any]:
    """See `boximator.control.card.card`."""
    height, width = run.size
    stages = ", ".join(
        f"{stage.share:.0%} at {run.rate * stage.rate:g} ({stage.rule.soft:.0%} soft boxes"
        f"{', boxes drawn on the target' if stage.rule.drawn else ''})"
        for stage in run.stages
    )
    return {
        "training": {
            "steps": run.steps,
            "clips in a step": f"{run.batch} (begun with {processes} process(es), {run.micro} at a time)",
            "videos": f"{run.frames} frames of {width} x {height} pixels",
            "objective": objective,
            "learning rate by stage": stages,
            "optimiser": f"AdamW, {run.warmup} steps of warm-up, gradients at most {run.clip:g}",
            "captions left out": f"{run.textless:.0%}",
            "base": f"frozen, {run.precision}",
            "adapter": "float32",
            "seed": run.seed,
            "boximator": boximator.__version__,
        },
        "data": {
            **footage.told(),
            "ledger of sources and licences (SHA-256)": footage.mark,
        },
        "limits": [MADE_UP if run.data is None else FILMED],
    }
