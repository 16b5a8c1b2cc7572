"""What TensorBoard would show of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def shown(folder: Path) -> Any:
    """The events of a run's folder, its files read to the last: one reading may stop at what a kill cut off."""
    files = sorted((folder / "tensorboard").iterdir())
    events = EventAccumulator(str(folder / "tensorboard"))
    for _ in files:
        events.Reload()
    return events
