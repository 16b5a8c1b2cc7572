"""What a run left: how much was kept, and every file that could not be used with its reason."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from boximator.annotate.ledger import Unused, VideoLedger
from boximator.annotate.settings import Settings
from boximator.scene.atomic import appearing


@dataclass(frozen=True)
class Noted:
    """A video that was used, and what was unusual about it."""

    path: str
    notes: list[str]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Of a dataset as it is after the run. ``dropped`` counts clips that were not kept, by reason."""

    videos: int
    clips: int
    shards: int
    seconds: float
    settings: str
    dropped: dict[str, int]
    noted: tuple[Noted, ...]
    unused: tuple[Unused, ...]

    def write(self, path: Path) -> None:
        """As JSON."""
        with appearing(path) as partial:
            partial.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    def lines(self) -> list[str]:
        """In words."""
        said = [f"{self.videos} videos, {self.clips} clips in {self.shards} shards ({self.seconds:.1f} s)"]
        said += [f"{count} clips not kept: {reason}" for reason, count in sorted(self.dropped.items())]
        said += [f"note: {one.path}: {'; '.join(one.notes)}" for one in self.noted]
        for one in self.unused:
            how = f"quarantined after {one.tries} tries" if one.state == "quarantined" else "not used"
            said.append(f"{how}: {one.path}: {one.reason}")
        return said


def report(ledger: VideoLedger, *, settings: Settings, seconds: float) -> Report:
    """Of a ledger."""
    dropped: Counter[str] = Counter()
    noted: list[Noted] = []
    for path, notes, lost, _ in ledger.noted():
        dropped.update(lost)
        if notes:
            noted.append(Noted(path, notes))
    return Report(
        videos=ledger.count("done"),
        clips=ledger.clips(),
        shards=ledger.shards(),
        seconds=round(seconds, 3),
        settings=settings.mark(),
        dropped=dict(dropped),
        noted=tuple(noted),
        unused=tuple(ledger.unused()),
    )
