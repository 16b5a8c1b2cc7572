"""Numbers of one trial: nearness to the truth where it is given, and what a free sample looks like."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from boximator.training.contest.find import Cut, Found, cuts, find
from boximator.training.contest.regions import Regions, region_psnr, regions
from boximator.training.contest.trial import Frames, Trial
from boximator.world.clip import Clip

REGIONS = ("thing", "uncovered", "background")
_TRIM = 1.5  # a sample may cover as much of the background as this many times the things' area


@dataclass(frozen=True)
class Sighting:
    """A thing of the first picture, sought in the last frame of a sample and of the truth.

    ``way`` is how far its middle is from where it was, in frame widths; ``energy`` the mean squared gradient in it.
    Both are those of the best match, whether it is one (``there``) or not.
    """

    there: bool
    way: float
    energy: float
    true_there: bool
    true_way: float
    true_energy: float


@dataclass(frozen=True)
class Verdict:
    """The numbers of one clip: PSNR in dB by kind of frames and region, and of the sample's still background."""

    seed: int
    psnr: dict[str, dict[str, float | None]]
    still: float | None
    sightings: tuple[Sighting, ...]


def judge(trial: Trial) -> Verdict:
    """All numbers of a trial."""
    clip, areas = trial.clip, regions(trial.clip)
    still = np.broadcast_to(clip.frames[:1], trial.sample.shape)
    kinds = {"still": still, "ceiling": trial.ceiling}
    kinds |= {str(time): frames for time, frames in trial.guesses.items()}
    return Verdict(
        seed=clip.seed,
        psnr={kind: _by_region(frames, clip=clip, areas=areas) for kind, frames in kinds.items()},
        still=None if clip.camera_moves else still_psnr(trial.sample, clip=clip, areas=areas),
        sightings=tuple(_sighting(cut, clip=clip, last=trial.sample[-1]) for cut in cuts(clip)),
    )


def _by_region(frames: Frames, *, clip: Clip, areas: Regions) -> dict[str, float | None]:
    masks = asdict(areas)
    return {name: region_psnr(frames, true=clip.frames[1:], inside=masks[name]) for name in REGIONS}


def still_psnr(frames: Frames, *, clip: Clip, areas: Regions) -> float | None:
    """PSNR in dB of a sample against the first frame, where no thing was in it.

    In a free sample things may go anywhere: of every frame the pixels that differ most are left out, as many as things
    can cover. None where less than a fifth of the frame is left.
    """
    kernel = np.ones((7, 7), np.uint8)
    first = cv2.dilate((areas.thing[0] | areas.uncovered.any(0)).astype(np.uint8), kernel) == 0
    kept = int(first.sum() - _TRIM * areas.thing.mean(0).sum())
    if kept < 0.2 * first.size:
        return None
    errors = np.square(frames.astype(float) - clip.frames[0]).mean(-1)[:, first]
    mean = float(np.sort(errors, axis=1)[:, :kept].mean())
    return float(min(60.0, 10 * np.log10(255**2 / max(mean, 1e-6))))


def _sighting(cut: Cut, *, clip: Clip, last: UInt8[np.ndarray, "height width 3"]) -> Sighting:
    found, true = find(cut, frame=last), find(cut, frame=clip.frames[-1])
    return Sighting(
        there=found.there,
        way=_way(cut, found=found, width=last.shape[1]),
        energy=_energy(last, alpha=found.alpha),
        true_there=true.there,
        true_way=_way(cut, found=true, width=last.shape[1]),
        true_energy=_energy(clip.frames[-1], alpha=true.alpha),
    )


def _way(cut: Cut, *, found: Found, width: int) -> float:
    return float(np.hypot(found.centre[0] - cut.centre[0], found.centre[1] - cut.centre[1]) / width)


def _energy(
    frame: UInt8[np.ndarray, "height width 3"], *, alpha: Float32[np.ndarray, "height width"]
) -> float:
    """Mean squared gradient of the grey values, weighted by alpha."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
    down, across = np.gradient(grey)
    return float(((down**2 + across**2) * alpha).sum() / max(float(alpha.sum()), 1e-6))
