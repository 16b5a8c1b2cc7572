"""How far two ways are apart on the same clips: both are resampled together, so what clips share falls out."""

from __future__ import annotations

from boximator.evaluation.bootstrap import Metric
from boximator.evaluation.rows import ClipRow
from boximator.evaluation.tally import metrics, pooled, with_intervals

NAMES = ("map", "ap50", "hard_iou", "soft_inside")


def differences(
    rows: list[ClipRow], *, reference: list[ClipRow], seed: int = 0, names: tuple[str, ...] = NAMES
) -> dict[str, object]:
    """Each number of ``rows`` less that of ``reference``, and under "ci" the 95% interval of the difference.

    Args:
        rows: one for each clip.
        reference: of the same clips in the same order.
        seed: of the resampling.
        names: which of `metrics`.

    Raises:
        ValueError: not the same number of clips.
    """
    if len(rows) != len(reference):
        raise ValueError(
            f"{len(rows)} clips are compared with {len(reference)}: give both for the same clips"
        )
    ours, theirs = metrics(pooled(rows)), metrics(pooled(reference))
    chosen = {name: _less(ours[name], theirs[name]) for name in names}
    return with_intervals(chosen, clips=len(rows), seed=seed)


def _less(ours: Metric, theirs: Metric) -> Metric:
    return lambda counts: ours(counts) - theirs(counts)
