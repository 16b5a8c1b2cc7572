"""JSON laid out for people: indented, but lists of numbers on one line, so that a box is a line."""

from __future__ import annotations

import json
import re

_NUMBERS = re.compile(r"\[\n\s+([-+\d.eE,\s]+?)\n\s+\]")
_POINTS = re.compile(r"\[\n\s+(\[[-+\d.eE, ]+\](?:,\n\s+\[[-+\d.eE, ]+\])*)\n\s+\]")
"""Raw line ends never stand inside a JSON string, so neither pattern can reach into one."""


def laid_out(value: object) -> str:
    """JSON text with a final line end."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return _POINTS.sub(_on_one_line, _NUMBERS.sub(_on_one_line, text)) + "\n"


def _on_one_line(match: re.Match[str]) -> str:
    return "[" + re.sub(r"\s*\n\s*", " ", match[1]) + "]"
