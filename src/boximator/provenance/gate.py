"""Where a host says no: a function of its own that sees prompt and pictures before anything is generated.

Off unless the environment names one. A gate that fails lets nothing through.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from boximator.provenance.ledger import record
from boximator.scene.problem import Problem

GATE_VARIABLE = "BOXIMATOR_GATE"


@dataclass(frozen=True, eq=False)
class Asked:
    """What somebody wants to have made: the prompt, and the first and the last picture as the base will see them."""

    prompt: str
    pictures: tuple[UInt8[np.ndarray, "height width 3"], ...] = field(default=(), repr=False)


Gate = Callable[[Asked], str | None]
"""Returns why it may not be made, in words for the person who asked, or None to let it through."""


def let_through(asked: Asked, *, gate: Gate | None = None) -> None:
    """Asks ``gate``, or the one that $BOXIMATOR_GATE names ("module:function" or "file.py:function"), if there is one.

    A refusal is recorded in the audit log, by hashes.

    Raises:
        Problem: the gate says no, fails, or cannot be loaded.
    """
    name = os.environ.get(GATE_VARIABLE)
    gate = gate or (_loaded(name) if name else None)
    if gate is None:
        return
    try:
        reason = gate(asked)
    except Exception as error:
        raise _broken("The gate for prompts and pictures failed", error) from error
    if reason is not None:
        record({"refused": True, **_hashes(asked)})
        raise Problem(
            given=f"This may not be made here: {reason.rstrip('.')}",
            wanted="A prompt and a picture that the rules of this host allow",
            fix="Change the prompt or the picture; whoever runs this host can tell its rules",
        )


def _hashes(asked: Asked) -> dict[str, Any]:
    pictures = [hashlib.sha256(picture.tobytes()).hexdigest() for picture in asked.pictures]
    return {
        "prompt_sha256": hashlib.sha256(asked.prompt.encode()).hexdigest(),
        "pictures_sha256": pictures,
    }


def _loaded(name: str) -> Gate:
    """The function with that name."""
    where, _, function = name.rpartition(":")
    try:
        module = _of_file(Path(where)) if where.endswith(".py") else importlib.import_module(where)
        gate: Gate = getattr(module, function)
    except Exception as error:
        raise _broken(f'The gate "{name}" could not be loaded', error) from error
    return gate


def _of_file(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError(f"there is no Python file {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _broken(what: str, error: Exception) -> Problem:
    return Problem(
        given=f"{what} ({type(error).__name__}: {error}), so nothing is made",
        wanted=f'{GATE_VARIABLE} names a function, as in "module:function" or "file.py:function"',
        fix=f"Mend it, or unset {GATE_VARIABLE} (docs/provenance.md)",
    )
