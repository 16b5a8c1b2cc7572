"""Which base an adapter was made for, as its config.json says it: a name and a revision."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import torch
from torch import nn

COMMIT = re.compile(r"snapshots/([0-9a-f]{40})(?:/|$)")
SAMPLED = 1024
PARTS = ("transformer", "transformer_2", "unet")
"""What folders of denoisers are called inside that of their pipeline."""


def origin(base: object, *, denoiser: nn.Module) -> tuple[str | None, str | None]:
    """(name, revision) of a base; (None, None) for one that was built in code.

    The name is the hub id, or a folder's own name: where it lies on one machine is nobody's business. The
    revision is the hub's commit, or ``weights-`` and the mark of the denoiser's weights.
    """
    told = _loaded_from(base) or _loaded_from(denoiser)
    if told is None:
        return None, None
    found = COMMIT.search((_loaded_from(denoiser) or told).replace("\\", "/"))
    revision = found.group(1) if found else f"weights-{weights_mark(denoiser)[:16]}"
    hub = not Path(told).is_dir() and re.fullmatch(r"[\w.-]+/[\w.-]+", told)
    return (told if hub else _own_name(Path(told))), revision


def weights_mark(*modules: nn.Module) -> str:
    """A checksum (hex) of names, shapes, types and a sample of every weight and buffer: quick for any size.

    At most 1,024 values of each tensor, evenly spaced, so that other weights almost surely have another mark.
    """
    mark = hashlib.sha256()
    for module in modules:
        for name, value in sorted(module.state_dict().items()):
            mark.update(f"{name} {tuple(value.shape)} {value.dtype}\n".encode())
            if value.device.type != "meta" and value.numel():
                flat = value.detach().reshape(-1)
                sample = flat[:: max(1, flat.numel() // SAMPLED)][:SAMPLED]
                mark.update(sample.to("cpu", torch.float32).numpy().tobytes())
    return mark.hexdigest()


def _loaded_from(part: object) -> str | None:
    said = getattr(getattr(part, "config", None), "_name_or_path", None)
    return str(said) if said else None  # a Path, where one was given to from_pretrained


def _own_name(folder: Path) -> str:
    """The name of a pipeline's folder, also where a part of it was loaded, or a snapshot in the hub's cache."""
    place = folder.parent if folder.name in PARTS else folder
    for part in place.parts:
        if part.startswith("models--"):
            return part.removeprefix("models--").replace("--", "/")
    return place.resolve().name
