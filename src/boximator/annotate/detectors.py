"""Detectors by name."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from boximator.annotate.detection import Detector
from boximator.scene.problem import Problem

OPEN = ("grounding-dino", "owlv2")
"""Those that take any words; see `boximator.annotate.open_words`."""

FLORENCE = "florence-2"

NAMES = ("ssdlite", *OPEN, FLORENCE, "python")


def check_detector(name: str) -> None:
    """Refuse a name that no detector has, or one whose weights are not here, before work begins.

    Raises:
        Problem: that.
    """
    kind, _, further = name.partition(":")
    if kind not in NAMES or (kind != "ssdlite" and not further):
        raise Problem(
            given=f'The detector is "{name}"',
            wanted=f"One of {', '.join(NAMES)}; all but ssdlite with :NAME behind it",
            fix="Write --detector ssdlite",
        )
    if kind == "ssdlite":
        _ssdlite_folder(further)
    if kind == "python":
        _function(further)


def load_detector(name: str, *, least: float) -> Detector:
    """See `boximator.annotate.settings.Settings.detector`.

    Raises:
        Problem: as `check_detector`.
    """
    check_detector(name)
    kind, _, further = name.partition(":")
    if kind == "python":
        return _function(further)()
    if kind in OPEN:
        from boximator.annotate.open_words import load_open

        return load_open(kind, name=further, least=least)
    if kind == FLORENCE:
        from boximator.annotate.florence import load_florence

        return load_florence(further)
    import torch

    from boximator.annotate.ssdlite import SsdLite

    torch.set_num_threads(1)  # a worker for each core is faster than one with many threads
    return SsdLite.load(_ssdlite_folder(further), least=least)


def _ssdlite_folder(given: str) -> Path:
    from boximator.annotate.fetch import detector_folder

    if not given:
        return detector_folder()
    if not (Path(given) / "model.json").is_file():
        raise Problem(
            given=f"{given} holds no model.json",
            wanted="The folder that boximator data fetch-detector fills",
            fix="Correct --detector ssdlite:FOLDER",
        )
    return Path(given)


def _function(named: str) -> Any:
    module, _, function = named.rpartition(":")
    try:
        return getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise Problem(
            given=f"python:{named} cannot be imported ({error})",
            wanted="python:MODULE:FUNCTION that gives a detector",
            fix="Correct --detector, and see that the module can be imported",
        ) from error
