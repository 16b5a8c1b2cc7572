"""What every published model and its default adapter cost, as counted once and kept beside the configurations.

`recount` does it again (half a minute a model); a test compares. Reading the table needs no torch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boximator.bases.defaults import Options
    from boximator.bases.published import Published

FILE = Path(__file__).with_name("counted.json")
GIB = 2**30
BYTES = 2
"""Of a value in bfloat16 or float16."""
RUNTIME_GIB = 1.0
"""What a GPU's runtime and libraries take before the first tensor."""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One published model with its default adapter.

    Attributes:
        family, model: as in `Published`.
        denoisers: how many of one shape the pipeline holds; parameters are those of all.
        frames, height, width: the size all is counted at.
        branches: videos in one call; 2 where both branches of guidance are one call.
        known: where the configuration is known from.
        blocks: where a layer could be; `layers` of them have one.
        widths: of the blocks, each once.
        options: in words.
        base_params, adapter_params: numbers in all denoisers, and in the adapter that serves them.
        base_flops, adapter_flops: of one call for one video, and what the adapter adds to it.
        once_flops: of the boxes' tokens, keys and values, which are computed once per generation.
        values: alive at the worst moment of such a call, weights not among them.
    """

    family: str
    model: str
    denoisers: int
    frames: int
    height: int
    width: int
    branches: int
    known: str
    blocks: int
    layers: int
    widths: tuple[int, ...]
    options: str
    base_params: int
    adapter_params: int
    base_flops: int
    adapter_flops: int
    once_flops: int
    values: int

    @property
    def flops_ratio(self) -> float:
        """(base + adapter) / base, in every denoising step."""
        return (self.base_flops + self.adapter_flops) / self.base_flops

    @property
    def vram_gib(self) -> float:
        """An estimate for denoising in half precision, with only one denoiser and the adapter on the GPU."""
        weights = self.base_params / self.denoisers + self.adapter_params
        return RUNTIME_GIB + BYTES * (weights + self.branches * self.values) / GIB


def _row(values: dict[str, Any]) -> Counted:
    values["widths"] = tuple(values["widths"])
    return Counted(**values)


def counted() -> tuple[Counted, ...]:
    """The table, as it was counted."""
    rows: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return tuple(_row(row) for row in rows)


def write(rows: Sequence[Counted]) -> None:
    """Replace the table."""
    lines = ",\n".join(f"  {json.dumps(asdict(row))}" for row in rows)
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def recount(model: Published, *, options: Options | None = None) -> Counted:
    """Build the model and an adapter, by default its own default one, on the meta device, and count."""
    from boximator.bases.count import cost, parameters
    from boximator.bases.defaults import options_for
    from boximator.bases.index import address_of
    from boximator.bases.published import META
    from boximator.control.condition import Condition

    denoiser, arguments = model.build(), model.arguments()
    address = address_of(model.family, denoiser=denoiser)
    chosen = options or options_for(address)
    with META:
        adapter = chosen.fresh(denoiser, address=address)
    alone = cost(lambda: denoiser(**arguments))
    with adapter.attached(denoiser), adapter.condition(Condition.null(batch=1, frames=model.frames)):
        first = cost(lambda: denoiser(**arguments))
        later = cost(lambda: denoiser(**arguments))
    return Counted(
        family=model.family,
        model=model.model,
        denoisers=model.denoisers,
        frames=model.frames,
        height=model.height,
        width=model.width,
        branches=model.branches,
        known=model.known,
        blocks=len(address.blocks),
        layers=len(adapter.address.blocks),
        widths=tuple(sorted({block.width for block in address.blocks})),
        options=chosen.words(),
        base_params=model.denoisers * parameters([denoiser]),
        adapter_params=parameters([adapter]),
        base_flops=alone.flops,
        adapter_flops=later.flops - alone.flops,
        once_flops=first.flops - later.flops,
        values=first.values,
    )
