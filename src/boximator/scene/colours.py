"""The colours of the eight slots: a box's identity for the model, and its look for a person."""

from __future__ import annotations

COLOURS: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.0, 0.0),
    (0.0, 1.0, 0.0),
    (0.0, 0.0, 1.0),
    (1.0, 1.0, 0.0),
    (1.0, 0.0, 1.0),
    (0.0, 1.0, 1.0),
    (1.0, 0.5, 0.0),
    (0.5, 0.0, 1.0),
)
"""RGB in [0, 1] by slot: red, green, blue, yellow (those of the paper's demonstrations), then magenta,
cyan, orange, violet. All saturated, because greys, black and white are what photographs are full of;
any two are at least 0.5 apart."""

SLOTS = len(COLOURS)
"""Control tokens per frame: the paper's N = 8 (arXiv 2402.01566)."""
