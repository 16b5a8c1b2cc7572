"""`pocket` as training-free methods see it: its state as latents, and a reference clip as a state."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor

from boximator.guidance.reference import Reference
from boximator.guidance.regions import centres, covered, objects, track_boxes
from boximator.guidance.stage import Layout, Stage
from boximator.guidance.words import Words, words_of
from boximator.pocket.layout import FRAMES, PACK, STATE_CHANNELS, Grid, grid_for
from boximator.pocket.pipeline import PocketPipeline
from boximator.pocket.schedule import noised, sampling_times
from boximator.pocket.state import decode, encode, to_cells
from boximator.pocket.text import TOKENS

LAYOUT = Layout(frames=2, packed=PACK)
SHOWS = tuple(range(1, FRAMES))


@dataclass(frozen=True)
class PocketLevels:
    """The straight path of `boximator.pocket.schedule`."""

    steps: int

    def noised(self, clean: Tensor, *, noise: Tensor, step: int) -> Tensor:
        """See `Levels`."""
        return noised(clean, noise=noise, times=sampling_times(self.steps)[step].expand(clean.shape[0]))

    def model_input(self, latents: Tensor, *, step: int) -> Tensor:
        """The state as it is."""
        return latents

    def timestep(self, step: int) -> float:
        """The transformer's, in thousandths."""
        return 1000 * float(sampling_times(self.steps)[step])


def pocket_stage(pipe: PocketPipeline, *, picture: np.ndarray, steps: int) -> Stage:
    """The stage of one picture's generation."""
    grid = grid_for(picture.shape[0], width=picture.shape[1])
    first = cells_of(picture[None], grid=grid)
    still = still_state(first)
    return Stage(
        family="pocket",
        denoisers=(pipe.transformer,),
        shape=tuple(still.shape),
        layout=LAYOUT,
        shows=SHOWS,
        anchored=anchored(first),
        levels=PocketLevels(steps),
        encode=lambda reference: reference_state(reference, grid=grid),
        patch=tuple(pipe.transformer.config["patch_size"][1:]),
        still=still,
    )


def pocket_words(pipe: PocketPipeline, *, prompt: str, labels: tuple[str, ...]) -> Words:
    """Which of the tokens that the base reads speak of each label."""
    tokenizer = pipe.text_encoder.tokenizer

    def ids(text: str, *, marks: bool) -> list[int]:
        encoded = tokenizer.encode(text, add_special_tokens=marks)
        return [token for token, used in zip(encoded.ids, encoded.attention_mask, strict=True) if used]

    phrases = [ids(label, marks=False) for label in labels]
    return words_of(ids(prompt, marks=True), phrases=phrases, count=TOKENS)


def cells_of(frames: np.ndarray, *, grid: Grid) -> Float[Tensor, "frames 3 rows columns"]:
    """Frames of any size (uint8) as the base's cells, in [-1, 1]."""
    height, width = grid.picture
    small = [cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA) for frame in frames]
    return to_cells(torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).float() / 127.5 - 1)


def still_state(first: Float[Tensor, "1 3 rows columns"]) -> Float[Tensor, "1 channels latents rows columns"]:
    """The clean state of a picture in which nothing moves."""
    return torch.zeros(1, STATE_CHANNELS * PACK, len(SHOWS) // PACK, *first.shape[-2:])


def anchored(first: Float[Tensor, "1 3 rows columns"]) -> Bool[Tensor, " channels"]:
    """Which channels speak of the first picture's places: all that do not change when only colours do."""
    still = decode(still_state(first), first=first)
    other = encode(replace(still, colour=torch.ones_like(still.colour)), first=first * 0)
    plain = encode(replace(still, colour=torch.zeros_like(still.colour)), first=first * 0)
    return LAYOUT.unpack(other - plain)[0].flatten(1).abs().amax(dim=1) == 0


def reference_state(reference: Reference, *, grid: Grid) -> Float[Tensor, "1 channels latents rows columns"]:
    """A dragged clip as a clean state: its colours in every frame, the displacement of each first box at the cells
    that it covers, and hidden what a box comes to stand on, or has left the frame."""
    cells = cells_of(reference.frames, grid=grid)
    first, colour = cells[:1], cells[None, 1:]
    size = (grid.rows, grid.columns)
    flow = torch.zeros(len(SHOWS), 2, *size)
    visible = torch.ones(len(SHOWS), *size)
    thing = torch.zeros(size)
    y, x = (each.expand(size) for each in centres(*size))
    here = torch.stack([x, y])
    for slot in objects(reference.plan, first=True):
        boxes, shown = track_boxes(reference.plan, slot=slot)
        regions = covered(boxes, shown=shown, grid=size)
        own = regions[0]
        thing = torch.maximum(thing, own.float())
        for plane, frame in enumerate(SHOWS):
            there = _carried(here, source=boxes[0], target=boxes[frame])
            within = ((there >= 0) & (there <= 1)).all(dim=0) & shown[frame]
            visible[plane][regions[frame] & ~own] = 0
            visible[plane] = torch.where(own, within.float(), visible[plane])
            flow[plane] = torch.where(own, there - here, flow[plane])
    still = decode(still_state(first), first=first)
    moved = replace(still, colour=colour, flow=flow[None], visible=visible[None], thing=_every(thing))
    return encode(moved, first=first)


def _every(thing: Float[Tensor, "rows columns"]) -> Float[Tensor, "1 later rows columns"]:
    return thing.expand(1, len(SHOWS), -1, -1).clone()


def _carried(
    points: Float[Tensor, "2 rows columns"], *, source: Float[Tensor, "4"], target: Float[Tensor, "4"]
) -> Float[Tensor, "2 rows columns"]:
    """Points of one box, x and y, at the same relative places of another."""
    low, size = (rearrange(part, "c -> c 1 1") for part in (source[:2], source[2:] - source[:2]))
    goal, wide = (rearrange(part, "c -> c 1 1") for part in (target[:2], target[2:] - target[:2]))
    return goal + (points - low) / size * wide
