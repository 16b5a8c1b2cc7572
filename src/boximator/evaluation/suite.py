"""`world-heldout`: clips of the world that no training sees, without and with boxes, from the same noise."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import UInt8

from boximator.data.clip_scene import clip_scene
from boximator.evaluation.adherence import Truth, object_row
from boximator.evaluation.background import background_psnr
from boximator.evaluation.generator import Generator, Progress
from boximator.evaluation.observer import Observation, observe
from boximator.evaluation.rows import ClipRow, Ledger, Rows
from boximator.evaluation.trace import traced_frames
from boximator.scene.plan import plan
from boximator.scene.scene import Scene
from boximator.world.clip import Clip
from boximator.world.make import make_clip

CONDITIONS = {"none": False, "box": True}
TRUTH = "truth"
_FLOW_STRIDE = 2  # pixels; only visibility is looked at
_SEEN = 0.5  # share of an object that must show in the first picture for a person to draw a box round it
_FEW = 4  # samples of visibility that are too few to tell


@dataclass(frozen=True)
class HeldOut:
    """How many clips, and their height and width in pixels."""

    clips: int = 200
    size: tuple[int, int] = (128, 128)


def heldout_clip(seed: int, *, size: tuple[int, int]) -> Clip:
    """The held-out clip of a seed, as this suite looks at it."""
    return make_clip(seed, split="heldout", size=size, stride=_FLOW_STRIDE)


def seeds(suite: HeldOut) -> Iterator[tuple[int, Clip]]:
    """The first clips from seed 0 upward that a person could have drawn: something boxed moves, and nothing boxed
    stands mostly behind other things in the first picture (it may come in from outside)."""
    found = 0
    for seed in itertools.count():
        if found == suite.clips:
            return
        clip = heldout_clip(seed, size=suite.size)
        shows = all(shown_at_first(clip, slot=int(slot)) for slot in np.flatnonzero(clip.present))
        if shows and (clip.moving & clip.present).any():
            found += 1
            yield seed, clip


def shown_at_first(clip: Clip, *, slot: int) -> bool:
    """Whether an object is outside in frame 0, or at least half of what of it is inside can be seen."""
    template = clip.templates[slot]
    if template is None or not clip.inside[0, slot]:
        return True
    height, width = clip.size
    whole = cv2.warpAffine(template[..., 3].astype(np.float32) / 255, clip.affines[0, slot], (width, height))
    return float(clip.first_masks[slot].sum()) >= _SEEN * float(whole.sum())


def run(suite: HeldOut, *, measure: Callable[[Clip], Rows], ledger: Ledger, progress: Progress) -> list[Rows]:
    """Measure every clip that the ledger does not have yet; the rows come in the order of the seeds."""
    rows: list[Rows] = []
    progress(0, suite.clips)
    for seed, clip in seeds(suite):
        if seed not in ledger.done:
            ledger.add(seed, rows=measure(clip))
        rows.append(ledger.done[seed])
        progress(len(rows), suite.clips)
    return rows


def clip_rows(clip: Clip, *, generator: Generator) -> Rows:
    """Generate and measure one clip under every condition, and measure the true clip."""
    scene = clip_scene(clip, seed=clip.seed)
    rows: Rows = {}
    for name, boxes in CONDITIONS.items():
        began = time.perf_counter()
        frames = generator(scene, picture=clip.frames[0], boxes=boxes)
        seconds = time.perf_counter() - began
        rows[name] = replace(measured(clip, scene=scene, frames=frames), seconds=seconds)
    began = time.perf_counter()
    truth = measured(clip, scene=scene, frames=clip.frames, true=True)
    rows[TRUTH] = replace(truth, seconds=time.perf_counter() - began)
    return rows


def measured(
    clip: Clip, *, scene: Scene, frames: UInt8[np.ndarray, "frames rows columns 3"], true: bool = False
) -> ClipRow:
    """Observe frames and hold them against the scene; for ``true`` frames also against the truth."""
    seen = observe(clip, frames=frames)
    slots = [int(slot) for slot in np.flatnonzero(clip.present)]
    wanted = plan(scene)
    boxes, colours = _all_boxes(seen, scene=scene, slots=slots)
    still = None if clip.camera_moves else background_psnr(frames, first=clip.frames[0], boxes=boxes)
    objects = tuple(
        object_row(
            seen,
            wanted=wanted,
            slot=slot,
            label=clip.labels[slot],
            truth=truth_of(clip, slot=slot) if true else None,
        )
        for slot in slots
    )
    return ClipRow(
        objects=objects,
        background=still,
        frames=len(frames) - 1,
        traced=traced_frames(frames, boxes=boxes, colours=colours),
        seconds=0.0,
    )


def truth_of(clip: Clip, *, slot: int) -> Truth:
    """What the clip knows of an object. Of one that the first frame does not show, all is taken to show."""
    stride = clip.size[0] // clip.visibility.shape[1]
    start = slice(stride // 2, None, stride)
    mask = clip.first_masks[slot][start, start] > 0.5
    seen = clip.visibility[:, mask]
    shown = seen.mean(axis=1) if mask.sum() >= _FEW else np.ones(len(clip.frames))
    return Truth(boxes=clip.boxes[:, slot], inside=clip.inside[:, slot], shown=shown)


def _all_boxes(seen: Observation, *, scene: Scene, slots: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Requested (not relaxed) and observed boxes (frames, 2 * objects, 4), and the objects' colours."""
    tight = plan(scene, margin=0.0)
    observed = np.where((seen.found | seen.hidden)[..., None], seen.boxes, 0.0)
    boxes = np.concatenate([tight.boxes[:, slots], observed[:, slots]], axis=1)
    return boxes.astype(float), np.concatenate([tight.colours[slots]] * 2)
