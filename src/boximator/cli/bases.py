"""`boximator bases`: the models that can be controlled, and what that costs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from boximator.bases.counted import Counted

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Recount = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Build the published models whose name has this in it on torch's meta device, without weights, and "
        "count again what the table says of them; half a minute each. Nothing is kept.",
        show_default=False,
    ),
]


def bases(*, as_json: AsJson = False, recount: Recount = None) -> None:
    """List the models that boxes can control, with what an adapter costs beside them.

    Example: boximator bases
    """
    from boximator.bases.counted import counted

    rows = counted() if recount is None else _recounted(recount)
    if as_json:
        typer.echo(json.dumps({"bases": [*map(_works, rows), *_refused()]}, indent=2))
    else:
        _show(rows)


def _recounted(part: str) -> tuple[Counted, ...]:
    from boximator.bases import counted
    from boximator.bases.published import published
    from boximator.cli.refusal import tell
    from boximator.scene.problem import Problem

    chosen = [model for model in published() if part.lower() in model.model.lower()]
    if not chosen:
        raise Problem(
            given=f'No published model has "{part}" in its name',
            wanted="One of " + ", ".join(model.model for model in published()),
            fix="Write --recount with a part of one of those names",
        )
    rows: list[Counted] = []
    for model in chosen:
        tell(f"Counting {model.model} ...")
        rows.append(counted.recount(model))
    return tuple(rows)


def _works(row: Counted) -> dict[str, Any]:
    return {
        "family": row.family,
        "model": row.model,
        "status": "works",
        "reason": None,
        "blocks": row.blocks,
        "widths": list(row.widths),
        "base_params": row.base_params,
        "adapter_params": row.adapter_params,
        "flops_ratio": round(row.flops_ratio, 4),
        "layers": row.layers,
        "options": row.options,
        "denoisers": row.denoisers,
        "frames": row.frames,
        "height": row.height,
        "width": row.width,
        "base_flops": row.base_flops,
        "adapter_flops": row.adapter_flops,
        "adapter_flops_once": row.once_flops,
        "vram_gib_estimate": round(row.vram_gib, 1),
        "config_known_from": row.known,
    }


def _refused() -> list[dict[str, Any]]:
    from boximator.bases.refused import REFUSED

    numbers = ("blocks", "widths", "base_params", "adapter_params", "flops_ratio")
    return [
        {"family": family, "model": model, "status": "refused", "reason": reason, **dict.fromkeys(numbers)}
        for family, model, reason in REFUSED.values()
    ]


def _show(rows: tuple[Counted, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(caption_justify="left", caption=_CAPTION)
    for heading in ("family", "model", "default size"):
        table.add_column(heading)
    for heading in ("blocks", "widths", "base", "adapter", "FLOPs", "VRAM"):
        table.add_column(heading, justify="right")
    table.add_column("layers")
    for row in rows:
        table.add_row(
            row.family,
            row.model,
            f"{row.frames} x {row.height} x {row.width}",
            str(row.blocks),
            _range(row.widths),
            _millions(row.base_params) + (f" ({row.denoisers} experts)" if row.denoisers > 1 else ""),
            _millions(row.adapter_params),
            f"+{100 * (row.flops_ratio - 1):.1f} %",
            f"{row.vram_gib:.1f} GiB",
            row.options,
        )
    console = Console()
    console.print(table if console.is_terminal else _wide(table))
    for refused in _refused():
        console.print(f"refused: {refused['model']}: {refused['reason']}", soft_wrap=True, highlight=False)


_CAPTION = (
    "FLOPs: of a denoising step, counted at the default size, beside the base alone. VRAM: an estimate for denoising "
    "in half precision with the text encoder and the autoencoder elsewhere."
)


def _wide(table: Any) -> Any:
    """A table that goes to a file or a pipe is not cut to a terminal's width."""
    table.width = 190
    return table


def _range(widths: tuple[int, ...]) -> str:
    return str(widths[0]) if len(widths) == 1 else f"{widths[0]}-{widths[-1]}"


def _millions(number: int) -> str:
    return f"{number / 1e6:,.0f} M"
