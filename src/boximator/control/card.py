"""The model card of an adapter: what its config.json says of it, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem

CARD, CONFIG = "README.md", "config.json"
LICENCE = "apache-2.0"
"""Of adapters, unless said otherwise: it holds none of the base's weights."""

LIMITS = (
    "It works on the base named above only, and inherits its faults, its biases and its licence's conditions on use.",
    "Boxes steer; nothing makes the base obey them in every video. Objects that the base cannot draw, it cannot "
    "put into a box.",
    "At most 8 boxes a frame.",
)


def card(config: Mapping[str, Any]) -> str:
    """The README.md of an adapter's folder.

    Args:
        config: of the adapter. Its ``facts`` may hold ``training`` (a table of settings), ``data`` (what was
            trained on, with the checksum of its ledger), ``evaluation`` (a table in Markdown), ``licence`` and
            ``limits`` (further sentences).
    """
    facts: Mapping[str, Any] = config.get("facts") or {}
    address: Mapping[str, Any] = config["address"]
    parts = [
        _front(config, licence=str(facts.get("licence") or LICENCE)),
        f"# Box adapter for {_base(config)}\n",
        "Boxes and paths on a picture, obeyed by a frozen video model: an adapter of "
        "[Boximator](https://arxiv.org/abs/2402.01566)'s kind, for the package `boximator`.\n",
        _use(),
        "## Base\n",
        _table({"base": _base(config), "revision": config.get("revision") or "not known", **_shape(address)}),
        f"Blocks with a gated layer: {_paths(address)}.\n",
        "## Training\n",
        _told(facts.get("training"), otherwise="No training run is recorded: the weights may be fresh."),
        "## Data\n",
        _told(facts.get("data"), otherwise="No data is recorded, and no ledger of licences."),
        "## Evaluation\n",
        str(facts.get("evaluation") or "Not evaluated. `boximator train card --report` adds a table.") + "\n",
        "## Licence\n",
        f"{facts.get('licence') or LICENCE}, for the adapter's weights. The base has a licence of its own.\n",
        "## Limits\n",
        "\n".join(f"* {limit}" for limit in (*LIMITS, *facts.get("limits", ()))) + "\n",
    ]
    return "\n".join(parts)


def update_card(folder: Path, **facts: Any) -> None:
    """Add facts (those that are not None) to a saved adapter's config.json, and write its card anew.

    Raises:
        Problem: the folder holds no adapter.
    """
    try:
        config: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        told: dict[str, Any] = config.get("facts") or {}
        config["facts"] = told | {name: value for name, value in facts.items() if value is not None}
        words = card(config)
    except (OSError, ValueError, KeyError) as error:
        raise Problem(
            given=f"{folder} holds no box adapter",
            wanted="A folder that an adapter was saved to, with its config.json",
            fix="Give the folder of an adapter, such as runs/svd/adapter",
        ) from error
    for name, text in ((CONFIG, json.dumps(config, indent=2, sort_keys=True) + "\n"), (CARD, words)):
        with appearing(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")


def _front(config: Mapping[str, Any], *, licence: str) -> str:
    """What the hub reads."""
    lines = [
        "library_name: diffusers",
        f"license: {licence}",
        "tags: [boximator, video-generation, box-control]",
    ]
    named = config.get("base")
    if named and "/" in str(named):
        lines.append(f"base_model: {json.dumps(named)}")
    return "\n".join(["---", *lines, "---", ""])


def _use() -> str:
    return """```python
from boximator.control.adapter import BoxAdapter

adapter = BoxAdapter.from_pretrained("this/folder")
with adapter.attached(pipe), adapter.boxes(scene):
    video = pipe(image=image, prompt=scene.prompt, num_frames=scene.frames).frames
```
"""


def _base(config: Mapping[str, Any]) -> str:
    named = config.get("base")
    return str(named) if named else f"a {config['address']['model_class']} built in code"


def _shape(address: Mapping[str, Any]) -> dict[str, object]:
    widths = sorted({block["width"] for block in address["blocks"]})
    return {
        "family": address["family"],
        "denoiser": address["model_class"],
        "gated layers": len(address["blocks"]),
        "widths": ", ".join(map(str, widths)),
    }


def _paths(address: Mapping[str, Any]) -> str:
    return ", ".join(f"`{block['path']}`" for block in address["blocks"])


def _told(said: object, *, otherwise: str) -> str:
    if isinstance(said, Mapping) and said:
        return _table(said)  # pyright: ignore[reportUnknownArgumentType]
    return f"{said or otherwise}\n"


def _table(rows: Mapping[str, object]) -> str:
    lines = [f"| {name} | {_cell(value)} |" for name, value in rows.items()]
    return "\n".join(["| | |", "|---|---|", *lines, ""])


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
