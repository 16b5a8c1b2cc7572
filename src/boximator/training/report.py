"""A training as pictures and words: its curves, and what it drew at the end of each stage."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from boximator.provenance.about import About
from boximator.provenance.label import banded
from boximator.provenance.marks import write_marked
from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem
from boximator.training.chart import Curve, chart
from boximator.training.curve import read_curve

Row = Mapping[str, float]

WATCHED = {
    "gate": "mean size of the gated layers' output weights",
    "box_effect": "change of the answer when boxes are given, as a share of it",
    "trace": "share of the cells under the boxes' outlines that are taken for the outline's colour",
}
"""What `BoxesTask.watch` tells, in words."""
_LOSSES = 10  # logged losses that a stage's last one is the mean of
_WIDTH, _HEIGHT, _CAPTION = 960, 240, 24


@dataclass(frozen=True)
class Stage:
    """The end of a stage. ``number`` is None for a run without stages, ``steps`` counts from the run's start."""

    number: int | None
    steps: int
    loss: float
    watched: Mapping[str, float]
    preview: Path | None

    @property
    def title(self) -> str:
        """What stands over its pictures."""
        return f"{'the run' if self.number is None else f'stage {self.number}'}, after {self.steps} steps"


def stages(rows: list[Row], *, previews: Path) -> list[Stage]:
    """The stages of a run in order, by the ``stage`` that its curve tells; one if it tells none."""
    found: list[Stage] = []
    begun = 0
    known: int | None = None
    numbered: list[tuple[int | None, Row]] = []
    for row in rows:
        known = int(row["stage"]) if "stage" in row else known
        numbered.append((known, row))
    for number, group in itertools.groupby(numbered, key=lambda pair: pair[0]):
        own = [row for _, row in group]
        steps = int(own[-1]["step"]) + 1
        losses = [row["loss"] for row in own if math.isfinite(row.get("loss", math.nan))][-_LOSSES:]
        found.append(
            Stage(
                number=number,
                steps=steps,
                loss=sum(losses) / len(losses) if losses else math.nan,
                watched={name: row[name] for row in own for name in WATCHED if name in row},
                preview=_newest(previews, after=begun, until=steps),
            )
        )
        begun = steps
    return found


def _newest(previews: Path, *, after: int, until: int) -> Path | None:
    """The last preview that was drawn in a stage."""
    drawn = [path for path in sorted(previews.glob("*.png")) if after < int(path.stem) <= until]
    return drawn[-1] if drawn else None


def write_report(run: Path) -> tuple[Path, Path]:
    """Write ``report.md`` and ``report.png`` into the folder of a run.

    Raises:
        Problem: the folder holds no curve.
    """
    rows: list[Row] = [*read_curve(run / "curve.jsonl")]
    if not rows:
        raise Problem(
            given=f"There is no curve.jsonl with numbers in {run}",
            wanted="A folder that boximator train has written to",
            fix="Give the run's folder, or train first",
        )
    passed = stages(rows, previews=run / "previews")
    words, picture = run / "report.md", run / "report.png"
    shown = banded(np.asarray(_picture(rows, stages=passed))[None])
    write_marked(shown, picture, fps=1, about=About(base="a run in training", method="report of a training"))
    with appearing(words) as partial:
        partial.write_text(_words(run.name, stages=passed, picture=picture.name), encoding="utf-8")
    return words, picture


def _picture(rows: list[Row], *, stages: list[Stage]) -> Image.Image:
    """Curves above, previews below side by side."""
    shown = [(stage.title, stage.preview) for stage in stages if stage.preview is not None]
    previews = [_captioned(title, path) for title, path in shown]
    width = max(_WIDTH, sum(preview.width for preview in previews))
    curves = [curve for name in ("loss", *WATCHED) if (curve := _curve(rows, name)).steps]
    span = int(rows[0]["step"]), int(rows[-1]["step"]) + 1
    ends = tuple(stage.steps for stage in stages)
    strips = [chart(curve, marks=ends, size=(width, _HEIGHT), steps=span) for curve in curves]
    sheet = Image.new(
        "RGB", (width, _HEIGHT * len(strips) + max([p.height for p in previews], default=0)), "white"
    )
    for index, strip in enumerate(strips):
        sheet.paste(strip, (0, index * _HEIGHT))
    left = 0
    for preview in previews:
        sheet.paste(preview, (left, _HEIGHT * len(strips)))
        left += preview.width
    return sheet


def _curve(rows: list[Row], name: str) -> Curve:
    told = [row for row in rows if name in row]
    return Curve(
        name=f"{name}: {WATCHED[name]}" if name in WATCHED else name,
        steps=tuple(int(row["step"]) for row in told),
        values=tuple(row[name] for row in told),
    )


def _captioned(title: str, path: Path) -> Image.Image:
    with Image.open(path) as preview:
        picture = Image.new("RGB", (preview.width, preview.height + _CAPTION), "white")
        picture.paste(preview, (0, _CAPTION))
    ImageDraw.Draw(picture).text((6, 4), title, fill="black", font=ImageFont.load_default(14))
    return picture


def _words(name: str, *, stages: list[Stage], picture: str) -> str:
    watched = [number for number in WATCHED if any(number in stage.watched for stage in stages)]
    table = [["at the end of", "loss", *watched], ["---"] * (2 + len(watched))]
    for stage in stages:
        numbers = [stage.loss, *(stage.watched.get(number, math.nan) for number in watched)]
        table.append(
            [stage.title, *(f"{number:.4f}" if math.isfinite(number) else "-" for number in numbers)]
        )
    lines = "\n".join("| " + " | ".join(row) + " |" for row in table)
    meaning = "".join(f"- {number}: {WATCHED[number]}\n" for number in watched)
    return f"""# {name}

{lines}

{meaning}- loss: mean of the last {_LOSSES} that were logged in the stage

![Curves over the steps, red where a stage ends; below, previews at the end of each stage]({picture})

A preview shows held-out clips, each in rows: the truth, then samples (of a box adapter with boxes, then without). Left
is colour at five frames, right motion (hue is direction). The colours of a sample show boxes while training draws them.
"""
