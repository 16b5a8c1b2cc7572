"""`boximator bases`: the models that can be controlled, and what that costs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from boximator.bases.counted import Counted
    from boximator.bases.published import Published

ALL = "all"
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
Sizes = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Count what adapters of other sizes would cost on the models whose name has this in it, all for every "
        "one; ten seconds to a minute each. See docs/adapter-sizes.md.",
        show_default=False,
    ),
]


def bases(*, as_json: AsJson = False, recount: Recount = None, sizes: Sizes = None) -> None:
    """List the models that boxes can control, with what an adapter costs beside them.

    Examples: boximator bases

    boximator bases --sizes LTX
    """
    from boximator.bases.counted import counted

    if sizes is not None:
        from boximator.cli.base_sizes import show_sizes

        show_sizes(published_named(sizes), as_json=as_json)
        return
    rows = counted() if recount is None else _recounted(recount)
    if as_json:
        typer.echo(json.dumps({"bases": [*map(_works, rows), *_refused()]}, indent=2))
    else:
        _show(rows)


def published_named(part: str) -> tuple[Published, ...]:
    """The published models whose name has this in it, in any case; all of them for "all".

    Raises:
        Problem: there is none.
    """
    from boximator.bases.published import published
    from boximator.scene.problem import Problem

    chosen = [model for model in published() if part == ALL or (part and part.lower() in model.model.lower())]
    if not chosen:
        raise Problem(
            given=f'No published model has "{part}" in its name',
            wanted="One of " + ", ".join(model.model for model in published()),
            fix=f"Write a part of one of those names, or {ALL}",
        )
    return tuple(chosen)


def _recounted(part: str) -> tuple[Counted, ...]:
    from boximator.bases import counted
    from boximator.cli.refusal import tell

    rows: list[Counted] = []
    for model in published_named(part):
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
    from rich.table import Table

    from boximator.cli.table import print_table

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
    print_table(table)
    for refused in _refused():
        typer.echo(f"refused: {refused['model']}: {refused['reason']}")


_CAPTION = (
    "FLOPs: of a denoising step, counted at the default size, beside the base alone. VRAM: an estimate for denoising "
    "in half precision with the text encoder and the autoencoder elsewhere."
)


def _range(widths: tuple[int, ...]) -> str:
    return str(widths[0]) if len(widths) == 1 else f"{widths[0]}-{widths[-1]}"


def _millions(number: int) -> str:
    return f"{number / 1e6:,.0f} M"
