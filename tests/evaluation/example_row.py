"""A row of one clip with one object."""

from __future__ import annotations

from boximator.evaluation.rows import ClipRow, ObjectRow

ROW = ClipRow(
    objects=(
        ObjectRow(
            label="a cat", score=0.5, detected=True, asked=True, overlap=0.7, hard=(0.7,), soft=14,
            soft_inside=9, covered=True, truth=(0.9, 0.8), shown=(1.0, 0.5),
        ),
    ),
    background=31.5,
    frames=15,
    traced=0,
    seconds=1.25,
)  # fmt: skip
