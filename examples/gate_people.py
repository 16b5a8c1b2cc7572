"""A gate for pictures: nobody is animated whom the detector sees (SSDLite, Apache-2.0, fetched once).

    boximator data fetch-detector
    BOXIMATOR_GATE=examples/gate_people.py:gate boximator animate photo.jpg --box 0.1,0.5,0.3,0.8 -o out/photo.mp4

For a host that lets strangers animate photographs, and does not want films of people who were not asked. The detector
is wrong at times in both directions: a statue may count as a person, and a small or hidden person may be missed.
"""

from __future__ import annotations

import functools

from boximator.annotate.proposals import Finder
from boximator.provenance.gate import Asked

LEAST = 0.5
"""The detector's score from which somebody counts as seen."""


@functools.cache
def finder() -> Finder:
    """Read once: 17 MB of weights."""
    return Finder.default(least=LEAST)


def gate(asked: Asked) -> str | None:
    """Why pictures are refused, or None."""
    seen = sum(thing.label == "person" for picture in asked.pictures for thing in finder().things(picture))
    return f"{seen} person(s) can be seen in the picture" if seen else None
