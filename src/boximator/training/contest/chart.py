"""One picture of a whole contest: lines over noise times above, what samples are like below."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from boximator.scene.atomic import appearing
from boximator.training.contest.judge import REGIONS
from boximator.training.contest.tally import Mean, Tally

_PANEL = (360, 250)
_LEFT, _TOP, _RIGHT, _BOTTOM = 46, 30, 16, 26
_LEGEND = 28
_COLOURS = ("#1f6fb4", "#c0392b", "#2e8b57", "#8e44ad", "#d68910", "#34495e")
_BARS = (
    ("still", "samples: still background, dB"),
    ("sharpness", "samples: sharpness of things found, over truth"),
    ("moved", "samples: share of things found elsewhere"),
)


@dataclass(frozen=True)
class _Panel:
    """A panel's place, and which values its lower and upper edges stand for."""

    draw: ImageDraw.ImageDraw
    corner: tuple[int, int]
    low: float
    high: float

    def x(self, share: float) -> float:
        """The column at a share of the width."""
        return self.corner[0] + _LEFT + share * (_PANEL[0] - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """The row of a value."""
        share = min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))
        return self.corner[1] + _PANEL[1] - _BOTTOM - share * (_PANEL[1] - _TOP - _BOTTOM)

    def frame(self, title: str) -> None:
        """Title and lines of equal value."""
        self.draw.text((self.x(0), self.corner[1] + 8), title, fill="black", font=ImageFont.load_default(13))
        for step in range(5):
            value = self.low + (self.high - self.low) * step / 4
            row = self.y(value)
            self.draw.line((self.x(0), row, self.x(1), row), fill="#dddddd")
            self.write((self.x(0) - 4, row), f"{value:.3g}", anchor="rm")

    def across(self, mean: Mean) -> None:
        """A black line at a value to compare with."""
        if mean["mean"] is not None:
            row = self.y(mean["mean"])
            self.draw.line((self.x(0), row, self.x(1), row), fill="black", width=1)

    def write(self, at: tuple[float, float], words: str, *, anchor: str) -> None:
        """Small words."""
        self.draw.text(at, words, fill="#333333", font=ImageFont.load_default(11), anchor=anchor)


def write_chart(tallies: dict[str, Tally], path: Path) -> None:
    """PSNR by region over noise times (0: drawn from the true state; black line: the first picture repeated), and
    three bars for each entry (black line: the truth)."""
    size = (_PANEL[0] * len(REGIONS), 2 * _PANEL[1] + _LEGEND)
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for column, region in enumerate(REGIONS):
        _lines(draw, tallies=tallies, region=region, corner=(column * _PANEL[0], _LEGEND))
    for column, (name, title) in enumerate(_BARS):
        _bars(draw, tallies=tallies, name=name, title=title, corner=(column * _PANEL[0], _LEGEND + _PANEL[1]))
    at = float(_LEFT)
    for index, name in enumerate(tallies):
        draw.rectangle((at, 8, at + 14, 20), fill=_COLOURS[index % len(_COLOURS)])
        draw.text((at + 20, 7), name, fill="black", font=ImageFont.load_default(13))
        at += 44 + draw.textlength(name, font=ImageFont.load_default(13))
    with appearing(path) as partial:
        picture.save(partial, format="PNG")


def _range(means: list[Mean]) -> tuple[float, float]:
    known = [mean["mean"] for mean in means if mean["mean"] is not None]
    if not known:
        return 0.0, 1.0
    spare = 0.08 * (max(known) - min(known)) or max(abs(known[0]) * 0.1, 1e-3)
    return min(known) - spare, max(known) + spare


def _lines(
    draw: ImageDraw.ImageDraw, *, tallies: dict[str, Tally], region: str, corner: tuple[int, int]
) -> None:
    first = next(iter(tallies.values()))["psnr"]
    kinds, still = [kind for kind in first if kind != "still"], first["still"][region]
    low, high = _range([one["psnr"][kind][region] for one in tallies.values() for kind in kinds] + [still])
    panel = _Panel(draw, corner=corner, low=low, high=high)
    panel.frame(f"PSNR of the {region}, dB, over noise time")
    shares = [0.0 if kind == "ceiling" else float(kind) for kind in kinds]
    for share, kind in zip(shares, kinds, strict=True):
        panel.write((panel.x(share), corner[1] + _PANEL[1] - 8), kind, anchor="ms" if share else "ls")
    panel.across(still)
    for index, one in enumerate(tallies.values()):
        found = [
            (share, one["psnr"][kind][region]["mean"]) for share, kind in zip(shares, kinds, strict=True)
        ]
        points = [(panel.x(share), panel.y(value)) for share, value in found if value is not None]
        if len(points) > 1:
            draw.line(points, fill=_COLOURS[index % len(_COLOURS)], width=2)


def _bars(
    draw: ImageDraw.ImageDraw, *, tallies: dict[str, Tally], name: str, title: str, corner: tuple[int, int]
) -> None:
    means: list[Mean] = [one[name] for one in tallies.values()]
    true = [one["true_moved"] for one in tallies.values()] if name == "moved" else []
    _, high = _range(means + true)
    panel = _Panel(draw, corner=corner, low=0.0, high=max(high, 1e-3))
    panel.frame(title)
    width = 1 / max(len(means), 1)
    for index, mean in enumerate(means):
        if mean["mean"] is not None:
            left, right = panel.x((index + 0.2) * width), panel.x((index + 0.8) * width)
            top = panel.y(mean["mean"])
            draw.rectangle((left, top, right, panel.y(0)), fill=_COLOURS[index % len(_COLOURS)])
            panel.write(((left + right) / 2, top - 3), f"{mean['mean']:.3g}", anchor="ms")
    for mean in true[:1]:
        panel.across(mean)
