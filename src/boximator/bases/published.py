"""Published models of every family, as data: their configurations, default sizes, and how their denoiser is called.

They are built on torch's meta device, where a tensor has a shape and no content: no weights, no memory.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

FILE = Path(__file__).with_name("published.json")
META = torch.device("meta")


@dataclass(frozen=True, kw_only=True)
class Published:
    """One published model, in its default size.

    Attributes:
        family: name of the family, as in `boximator.bases.index.FAMILIES`.
        model: what people call it.
        denoiser: diffusers' class of the denoiser, with its `config` (what differs from the defaults).
        component: name of the denoiser in the pipeline.
        denoisers: how many of them the pipeline holds (experts of one shape, which share an adapter).
        frames, height, width: the default video.
        branches: batch of one call for one video; 2 where guidance's branches are one call.
        known: where the configuration is known from.
        call: the denoiser's arguments for one video. A list is the shape of a tensor, {"whole": shape} one of
            whole numbers, {"all": [...]} a tuple; numbers are themselves.
    """

    family: str
    model: str
    denoiser: str
    component: str
    denoisers: int
    frames: int
    height: int
    width: int
    branches: int
    known: str
    config: dict[str, Any]
    call: dict[str, Any]

    def build(self) -> nn.Module:
        """The denoiser on the meta device, without weights."""
        with META:
            made = _pocket() if self.family == "pocket" else self._of_diffusers()
        return made.to(META).eval().requires_grad_(False)

    def _of_diffusers(self) -> nn.Module:
        import diffusers

        return getattr(diffusers, self.denoiser)(**self.config)

    def arguments(self) -> dict[str, Any]:
        """What one call of the denoiser gets, on the meta device."""
        return {name: _made(told) for name, told in self.call.items()}


def _pocket() -> nn.Module:
    """The network that runs in every step: the transformer and what refines its answer."""
    from boximator.pocket.base import PocketSize, build

    return build(PocketSize())


def _made(told: Any) -> Any:
    if isinstance(told, list):
        return torch.empty(told, device=META)
    if isinstance(told, dict):
        if "all" in told:
            return tuple(_made(part) for part in told["all"])
        if "whole" in told:
            return torch.empty(told["whole"], device=META, dtype=torch.long)
        return {name: _made(part) for name, part in told.items()}
    return told


def published() -> tuple[Published, ...]:
    """All of them, in the order of the families."""
    return tuple(Published(**row) for row in json.loads(FILE.read_text(encoding="utf-8")))
