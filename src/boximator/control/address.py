"""Where control enters a base, as pure data: it is saved in an adapter's config.json, so that a saved adapter
can attach by itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import nn

from boximator.control.frames import FrameMap
from boximator.scene.problem import Problem

Layout = Literal["frames_in_batch", "frames_in_tokens"]


@dataclass(frozen=True, kw_only=True)
class BlockAddress:
    """One block that gets a gated layer: its path in the denoiser, its width and its attention heads."""

    path: str
    width: int
    heads: int


@dataclass(frozen=True, kw_only=True)
class Port:
    """A submodule of a block ("" is the block itself) and the index of the tensor among its inputs (where we
    read) or outputs (where we write); None where the output is the tensor itself."""

    module: str
    index: int | None = 0


@dataclass(frozen=True, kw_only=True)
class Grid:
    """How the denoiser's input tells batch, latent frames, rows and columns. Axis 0 is the batch.

    Attributes:
        argument: name of the input; it is also the first positional argument.
        patch: (frames, rows, columns) that one token covers.
        named: names of the arguments that say frames, rows and columns, where the input is already a row of
            tokens and has no such axes.
    """

    argument: str
    frames: int
    rows: int
    columns: int
    patch: tuple[int, int, int] = (1, 1, 1)
    named: tuple[str, str, str] | None = None

    def sizes(self, sample: torch.Tensor, arguments: Mapping[str, Any]) -> tuple[int, int, int]:
        """Latent frames, rows and columns of tokens.

        Raises:
            Problem: the call does not say them.
        """
        if self.named is None:
            said = [sample.shape[axis] for axis in (self.frames, self.rows, self.columns)]
        else:
            said = [arguments.get(name) for name in self.named]
        known = [size for size in said if size is not None]
        if len(known) < len(said):
            raise Problem(
                given=f"The base was called without {', '.join(self.named or ())}",
                wanted="A call that says how many latent frames, rows and columns its tokens are",
                fix="Use the family's plain text-to-video or image-to-video pipeline",
            )
        frames, rows, columns = (size // by for size, by in zip(known, self.patch, strict=True))
        return frames, rows, columns


@dataclass(frozen=True, kw_only=True)
class Address:
    """All that the control module knows of a base.

    Attributes:
        family: the base's name in messages.
        denoisers: names of the pipeline components that get the hooks; those that are None are passed over.
        model_class: class name of the denoiser.
        blocks: the blocks, in order of execution.
        width_at: submodule of a block whose `in_features` is the block's width (checked when attaching).
        read: the first consumer of the residual stream after self-attention: reads v, passes v + delta on.
        write: the last module before a result joins the residual stream: delta is added to its output.
        layout: tokens are ((batch frames), rows*columns, channels) or (batch, frames*rows*columns,
            channels).
        grid: where the sizes come from.
        also: what else consumes v between `read` and `write`: delta is added to these inputs as well. Needed
            only where a gate stands between the write port and the residual stream.
        repeats: True where a pipeline calls once per branch of guidance and does not name it: with gradients
            off, a second call with the very same timestep tensor is then the unconditional one.
        positions: True where the residual stream carries no place in the frame (rotary bases).
        frames: which video frames' boxes a latent frame attends to.
    """

    family: str
    denoisers: tuple[str, ...]
    model_class: str
    blocks: tuple[BlockAddress, ...]
    read: Port
    write: Port
    layout: Layout
    grid: Grid
    positions: bool
    frames: FrameMap = dataclasses.field(default_factory=FrameMap)
    width_at: str = "attn1.to_q"
    also: tuple[Port, ...] = ()
    repeats: bool = False

    def every(self, step: int) -> Address:
        """The same address with only every `step`-th block, the last one included."""
        return dataclasses.replace(self, blocks=self.blocks[::-1][::step][::-1])

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers."""
        data = dataclasses.asdict(self)
        data["denoisers"] = list(self.denoisers)
        data["blocks"] = [dataclasses.asdict(block) for block in self.blocks]
        data["grid"]["patch"] = list(self.grid.patch)
        data["grid"]["named"] = list(self.grid.named) if self.grid.named else None
        data["also"] = [dataclasses.asdict(port) for port in self.also]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Address:
        """The inverse of `to_json`."""
        named = data["grid"].get("named")
        grid: dict[str, Any] = {
            **data["grid"],
            "patch": tuple(data["grid"]["patch"]),
            "named": tuple(named) if named else None,
        }
        rebuilt: dict[str, Any] = {
            "denoisers": tuple(data["denoisers"]),
            "blocks": tuple(BlockAddress(**block) for block in data["blocks"]),
            "read": Port(**data["read"]),
            "write": Port(**data["write"]),
            "grid": Grid(**grid),
            "frames": FrameMap(**data["frames"]),
            "also": tuple(Port(**port) for port in data.get("also", ())),
        }
        return cls(**{**data, **rebuilt})

    def denoisers_of(self, base: object) -> tuple[nn.Module, ...]:
        """The denoiser itself, or those that a pipeline (or a model made of parts) holds.

        Raises:
            Problem: there is none.
        """
        if isinstance(base, nn.Module) and self._is_ours(base):
            return (base,)
        parts = [getattr(base, name, None) for name in self.denoisers]
        found = tuple(part for part in parts if isinstance(part, nn.Module))
        if not found and isinstance(base, nn.Module):
            return (base,)  # a model of another kind, which `check` refuses by its name
        if not found:
            raise Problem(
                given=f"{type(base).__name__} has no component {' or '.join(self.denoisers)}",
                wanted=f"A pipeline of the family {self.family}, or its {self.model_class}",
                fix="Pass the pipeline this adapter was made for (the family stands in its config.json)",
            )
        return found

    def check(self, denoiser: nn.Module) -> None:
        """Raise a Problem if `denoiser` is of another class or width than this address is for."""
        given = type(denoiser).__name__
        if not self._is_ours(denoiser):
            raise Problem(
                given=f"The base's denoiser is a {given}",
                wanted=f"This adapter is for a {self.model_class} ({self.family})",
                fix="Attach it to that base, or train an adapter for this one",
            )
        modules = dict(denoiser.named_modules())
        for block in self.blocks:
            probe = modules.get(f"{block.path}.{self.width_at}")
            width = getattr(probe, "in_features", None)
            if width != block.width:
                found = "no such block" if width is None else f"width {width}"
                raise Problem(
                    given=f"{given} has {found} at {block.path}",
                    wanted=f"This adapter was made for width {block.width} there",
                    fix="Attach it to a base of the size it was trained on",
                )

    def _is_ours(self, module: nn.Module) -> bool:
        return self.model_class in {kind.__name__ for kind in type(module).__mro__}
