"""The tracker SAM 2, through transformers: masks followed through all frames, and boxes round them.

What a detector found says which things there are (joined by `boximator.annotate.tracking.linked`); each is shown to
SAM 2 in the frame in which it is surest, and followed from there to both ends. Source: Ravi et al. 2024 (arXiv
2408.00714).
Pictures are prepared here, because the processor of transformers asks for torchvision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from boximator.annotate.detection import Detection, Frame
from boximator.annotate.tracking import SAME, Thread, linked, thread
from boximator.scene.box import iou
from boximator.scene.problem import Problem

MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of each channel, as SAM 2 was trained with."""

ALMOST = 0.9
"""Of its best score: a thing may be shown in any frame in which it has so much, so that many are shown in one."""

CORNERS = (2, 3)
"""What SAM 2 calls the upper left and the lower right corner of a box."""

Seen = dict[int, Detection]


@dataclass(frozen=True, eq=False)
class Sam2:
    """See `boximator.annotate.trackers.Tracker`."""

    model: Any

    def things(self, found: Sequence[Sequence[Detection]], *, frames: Sequence[Frame]) -> list[Thread]:
        """Things that SAM 2 follows; of two that come to lie on each other the longer known stays."""
        things = linked(found)
        if not things:
            return []
        pixels = self._prepared(frames)
        rows, columns = frames[0].shape[:2]
        followed: list[Seen] = [{} for _ in things]
        for start, members in _groups(things):
            shown = {number: things[number][start] for number in members}
            for frame, number, mask in self._masks(pixels, start=start, shown=shown):
                box = _box(mask, rows=rows, columns=columns)
                if box is not None:
                    of = things[number].get(frame, shown[number])
                    followed[number][frame] = Detection(box=box, score=of.score, label=of.label)
        order = sorted(range(len(things)), key=lambda number: -len(things[number]))
        kept: list[Seen] = []
        for seen in (followed[number] for number in order):
            if seen and not any(_same(seen, other) for other in kept):
                kept.append(seen)
        return [thread(seen, frames=len(frames)) for seen in kept]

    def _prepared(self, frames: Sequence[Frame]) -> Float[torch.Tensor, "frames 3 side side"]:
        side = int(self.model.config.image_size)
        film = torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2).float() / 255
        small = torch.nn.functional.interpolate(film, (side, side), mode="bilinear", antialias=True)
        mean, spread = (torch.tensor(of).view(3, 1, 1) for of in (MEAN, SPREAD))
        return (small - mean) / spread

    @torch.inference_mode()
    def _masks(
        self, pixels: Float[torch.Tensor, "frames 3 side side"], *, start: int, shown: dict[int, Detection]
    ) -> Iterator[tuple[int, int, Float[torch.Tensor, "rows columns"]]]:
        """Frame, number of the thing, and its mask (above 0 where it is), from ``start`` to both ends."""
        from transformers import Sam2VideoInferenceSession

        side, device = pixels.shape[-1], self.model.device
        session: Any = Sam2VideoInferenceSession(
            video=pixels, video_height=side, video_width=side, dtype=torch.float32,
            inference_device=device, inference_state_device=device, video_storage_device="cpu",
        )  # fmt: skip
        for number, thing in shown.items():
            corners = torch.tensor(thing.box, device=device).view(1, 1, 2, 2) * side
            labels = torch.tensor(CORNERS, dtype=torch.int32, device=device).view(1, 1, 2)
            session.add_point_inputs(
                session.obj_id_to_idx(number), start, {"point_coords": corners, "point_labels": labels}
            )
        session.obj_with_new_inputs = list(shown)
        for reverse in (False, True):
            told = self.model.propagate_in_video_iterator(session, start_frame_idx=start, reverse=reverse)
            for answer in told:
                for number, mask in zip(answer.object_ids, answer.pred_masks[:, 0], strict=True):
                    yield int(answer.frame_idx), int(number), mask


def load_sam2(name: str) -> Sam2:
    """Load SAM 2 (a `sam2_video` model) from a folder or hub id, on the first accelerator there is.

    Raises:
        Problem: it cannot be loaded.
    """
    from transformers import Sam2VideoModel

    try:
        model: Any = Sam2VideoModel.from_pretrained(name, use_safetensors=True)
    except (OSError, ValueError, KeyError) as error:
        raise Problem(
            given=f"{name} cannot be loaded as SAM 2 ({str(error).splitlines()[0]})",
            wanted="A folder or hub id with a sam2_video model in safetensors",
            fix="Download it first and give its folder: --tracker sam2:FOLDER",
        ) from error
    return Sam2(model.eval().to("cuda" if torch.cuda.is_available() else "cpu"))


def _groups(things: Sequence[Seen]) -> Iterator[tuple[int, list[int]]]:
    """Frames in which things are shown, and which: as few frames as come to mind, since each costs a run."""
    good = [
        {
            frame
            for frame, one in seen.items()
            if one.score >= ALMOST * max(each.score for each in seen.values())
        }
        for seen in things
    ]
    left = set(range(len(things)))
    while left:
        votes = Counter(frame for number in left for frame in good[number])
        start = min(votes, key=lambda frame: (-votes[frame], frame))
        members = sorted(number for number in left if start in good[number])
        left -= set(members)
        yield start, members


def _box(
    mask: Float[torch.Tensor, "rows columns"], *, rows: int, columns: int
) -> tuple[float, float, float, float] | None:
    """Round the mask, in shares of a frame of so many rows and columns; None where it is empty."""
    large = (
        torch.nn.functional.interpolate(mask[None, None].float(), (rows, columns), mode="bilinear")[0, 0] > 0
    )
    down, across = (torch.nonzero(large.any(dim=axis)).flatten() for axis in (1, 0))
    if not len(down):
        return None
    return (
        int(across[0]) / columns,
        int(down[0]) / rows,
        (int(across[-1]) + 1) / columns,
        (int(down[-1]) + 1) / rows,
    )


def _same(one: Seen, other: Seen) -> bool:
    """Whether two things lie on each other in the frames in which both are seen."""
    both = sorted(one.keys() & other.keys())
    if not both:
        return False
    overlaps = [float(iou(np.array(one[frame].box), np.array(other[frame].box))) for frame in both]
    return float(np.mean(overlaps)) > SAME
