"""What adapters of several sizes would cost on a published model: the table that defaults are chosen from."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from boximator.bases.count import flops, parameters
from boximator.bases.defaults import Options, options_for
from boximator.bases.index import address_of
from boximator.bases.published import META, Published
from boximator.control.condition import Condition


def sizes_for(width: int) -> dict[str, Options]:
    """What is compared on a model whose narrowest block is so wide; beside them stands its default."""
    return {
        "every block": Options(),
        "every 2nd block": Options(every=2),
        "every 3rd block": Options(every=3),
        "at most 2304 keys": Options(visual_keys=2304),
        HALF: Options(bottleneck=width // 2),
        "boxes as keys only": Options(cross_only=True),
    }


HALF = "half as wide inside"
"""Of the narrowest block, so that it fits the heads of all."""
DEFAULT = "default"


@dataclass(frozen=True, kw_only=True)
class SizeCost:
    """One size on one model. ``flops_ratio``: (base + adapter) / base in a denoising step at the default size."""

    size: str
    words: str
    adapter_params: int
    flops_ratio: float


@torch.no_grad()  # with gradients the boxes' keys are made anew in every step
def size_costs(model: Published) -> tuple[SizeCost, ...]:
    """Count every size on the meta device, the model's default last. The model itself is built and counted once."""
    denoiser, arguments = model.build(), model.arguments()
    address = address_of(model.family, denoiser=denoiser)
    alone = flops(lambda: denoiser(**arguments))
    sizes = sizes_for(min(block.width for block in address.blocks))

    def one(name: str, options: Options) -> SizeCost:
        with META:
            adapter = options.fresh(denoiser, address=address)
        with adapter.attached(denoiser), adapter.condition(Condition.null(batch=1, frames=model.frames)):
            flops(lambda: denoiser(**arguments))  # what is made once per video is not a step's
            step = flops(lambda: denoiser(**arguments))
        return SizeCost(
            size=name,
            words=options.words(),
            adapter_params=parameters([adapter]),
            flops_ratio=round(step / alone, 4),
        )

    return tuple(one(name, options) for name, options in {**sizes, DEFAULT: options_for(address)}.items())
