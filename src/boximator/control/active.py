"""The condition that holds inside one `with adapter.boxes(...)`, and what has been computed from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch
from einops import rearrange
from torch import Tensor

from boximator.control.attention import KeysValues, coverage, places
from boximator.control.condition import Condition
from boximator.scene.colours import SLOTS
from boximator.scene.problem import Problem

if TYPE_CHECKING:
    from boximator.control.adapter import BoxAdapter

KEPT_PLACES = 256
"""In frames of at most so many tokens, what layers add for their places is kept too; in larger ones it would take more
memory than the little time it saves is worth."""
Negative = Literal["null", "boxes"]
Seen = Literal["boxes", "null", "null+boxes", "boxes+boxes"]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a denoiser: its batch and latent frames, the rows and columns of a frame's tokens, and the
    branch of guidance the pipeline says it is ("cond", "uncond", ...; None where it says nothing)."""

    batch: int
    latents: int
    grid: tuple[int, int] = (1, 1)
    branch: str | None = None


class ActiveCondition:
    """A condition in force, with the keys and values that every layer makes of it.

    They do not depend on the denoising step, so with gradients off they are computed at the first call and
    kept as long as this object lives (one generation). With gradients on they are computed at every call.

    Args:
        condition: the boxes, or None for a batch of any size without boxes.
        scale: factor on what the layers add; 1 as trained, 0 the base.
        negative: what the unconditional branch of guidance sees: null tokens (paper, 3.4) or the same boxes.
    """

    def __init__(
        self, condition: Condition | None, *, scale: float = 1.0, negative: Negative = "null"
    ) -> None:
        self.condition = condition
        self.scale = scale
        self.negative = negative
        self._kept: dict[tuple[Seen, Call, torch.device], list[KeysValues]] = {}

    def keys_values(self, adapter: BoxAdapter, call: Call) -> list[KeysValues]:
        """One KeysValues per layer, with one row per video and latent frame of the call."""
        seen = self.seen(call)
        if torch.compiler.is_compiling():  # in the graph: boxes are its inputs, and new ones compile nothing
            return self._computed(adapter, call, seen)
        if torch.is_grad_enabled():
            self._kept.clear()
            return self._computed(adapter, call, seen)
        key = (seen, call, adapter.device)
        if key not in self._kept:
            self._kept[key] = self._computed(adapter, call, seen)
        return self._kept[key]

    def seen(self, call: Call) -> Seen:
        """What the videos of a call see, by the batch that arrives and the branch it is said to be.

        Raises:
            Problem: the batch is neither the condition's nor twice it.
        """
        if self.condition is None:
            return "null"
        videos, branch = self.condition.batch, (call.branch or "").removeprefix("pred_")  # guiders say pred_
        if call.batch == videos:
            return "null" if branch.startswith("uncond") and self.negative == "null" else "boxes"
        if call.batch == 2 * videos and branch not in ("cond", "uncond"):
            return "null+boxes" if self.negative == "null" else "boxes+boxes"
        raise Problem(
            given=f"The base was called with a batch of {call.batch}, the condition has {videos} video(s)",
            wanted=f"A batch of {videos}, or of {2 * videos} with the unconditional half of guidance first",
            fix="Stack one condition per video: adapter.boxes(Condition.stack([...]))",
        )

    def _computed(self, adapter: BoxAdapter, call: Call, seen: Seen) -> list[KeysValues]:
        tokens = self._tokens(adapter, call, seen)
        if adapter.join is not None:
            tokens = adapter.join(
                rearrange(tokens, "v latents group slots dim -> v latents 1 slots (group dim)")
            )
        elif adapter.phases is not None:
            tokens = tokens + adapter.phases[:, None]
        tokens = rearrange(tokens, "videos latents group slots dim -> (videos latents) (group slots) dim")
        covered = self._covered(adapter, call, seen) if adapter.config["coverage"] else None
        rows, columns = call.grid
        place = None
        if adapter.address.positions and rows * columns <= KEPT_PLACES:
            place = places(rows, columns, device=tokens.device)
        return [layer.keys_values(tokens, covered, place) for layer in adapter.gated_layers]

    def _covered(self, adapter: BoxAdapter, call: Call, seen: Seen) -> Tensor:
        """What share of every patch each control token's box covers, in its frame and in frame 0; 0 for null."""
        frames = adapter.address.frames
        condition = self.condition
        if condition is None or seen == "null":
            slots = SLOTS if condition is None else condition.slots
            tokens = slots if frames.joined else frames.group * slots
            shape = (call.batch * call.latents, 2, call.grid[0] * call.grid[1], tokens)
            return torch.zeros(shape, device=adapter.device)
        here = condition.to(adapter.device)
        held = torch.tensor(frames.table(call.latents), device=adapter.device)
        first = here.boxes[:, :1].expand_as(here.boxes)
        both = torch.stack([here.boxes, first], dim=1)
        shares = coverage(both, rows=call.grid[0], columns=call.grid[1])
        shown = torch.stack([here.present, here.present & here.present[:, :1]], dim=1)
        shares = (shares * shown[..., None])[:, :, held]
        if frames.joined:
            shares = shares.mean(dim=3, keepdim=True)
        table = rearrange(
            shares, "videos two latents group slots visual -> videos latents two visual (group slots)"
        )
        if seen == "null+boxes":
            table = torch.cat([torch.zeros_like(table), table])
        if seen == "boxes+boxes":
            table = torch.cat([table, table])
        return table.flatten(0, 1)

    def _tokens(self, adapter: BoxAdapter, call: Call, seen: Seen) -> Tensor:
        """Control tokens (videos, latents, group, slots, dim) as `seen` says."""
        group = adapter.address.frames.group
        slots = SLOTS if self.condition is None else self.condition.slots
        null = adapter.tokens.null.expand(call.batch, call.latents, group, slots, -1)
        if self.condition is None or seen == "null":
            return null
        boxes = self._box_tokens(adapter, self.condition, call)
        if seen == "boxes":
            return boxes
        first = boxes if seen == "boxes+boxes" else null[: len(boxes)]
        return torch.cat([first, boxes])

    def _box_tokens(self, adapter: BoxAdapter, condition: Condition, call: Call) -> Tensor:
        frames = adapter.address.frames
        wanted = frames.video_frames(call.latents)
        if condition.frames != wanted:
            raise Problem(
                given=f"The condition has {condition.frames} frames",
                wanted=f"{wanted} frames, which is what the base is making ({call.latents} latent frames)",
                fix=f"Plan the scene with {wanted} frames, or call the base for {condition.frames}",
            )
        here = condition.to(adapter.device)
        tokens = adapter.tokens(here.boxes, here.colours, here.hard, here.present)
        return tokens[:, torch.tensor(frames.table(call.latents), device=tokens.device)]
