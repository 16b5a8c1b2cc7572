"""Who takes part: the states, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from boximator.scene.problem import Problem
from boximator.training.contest.autoencoder import Autoencoder
from boximator.training.contest.backward_state import BackwardState
from boximator.training.contest.latent_state import LatentState
from boximator.training.contest.motion_state import MotionState
from boximator.training.contest.rgb_state import RgbState
from boximator.training.contest.shared_state import SharedState
from boximator.training.contest.state import State

AUTOENCODER_SHARE = 0.2
"""Share of an entry's time that its autoencoder is trained for, where it has one."""


@dataclass(frozen=True)
class Entry:
    """A name, what it is, and how its state is made; ``learned`` ones are made of a trained autoencoder."""

    name: str
    words: str
    plain: Callable[[], State] | None = None
    learned: Callable[[Autoencoder], State] | None = None


ENTRIES = (
    Entry("motion", "colour, forward flow, hidden, thing; drawn by layers", plain=MotionState),
    Entry("backward", "colour, backward flow, hidden; drawn by warping", plain=BackwardState),
    Entry("rgb", "colour alone", plain=RgbState),
    Entry("latent", "latents of a learned autoencoder", learned=LatentState),
    Entry(
        "shared-motion",
        "as motion, but affine motion once a token and one outline for all frames",
        plain=SharedState,
    ),
)


def chosen(names: str) -> tuple[Entry, ...]:
    """The entries of a comma-separated list, in its order; all of them for an empty one."""
    by_name = {entry.name: entry for entry in ENTRIES}
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in by_name]
    if unknown:
        raise Problem(
            given=f"There is no entry called {unknown[0]}",
            wanted=f"The entries are {', '.join(by_name)}",
            fix="Write some of these names with commas between them",
        )
    return tuple(by_name[name] for name in dict.fromkeys(wanted)) or ENTRIES
