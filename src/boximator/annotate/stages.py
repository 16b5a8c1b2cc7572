"""The stages of annotation, in their order: what each does, in which version, and what it needs.

A stage is a plain function; this table only declares it, for `boximator annotate stages`, for a scheduler, and for the
mark of a dataset's settings (another version is another dataset). Between processes paths travel, never frames.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One of them. ``cpus`` and ``gpus`` are what it keeps busy, ``memory`` is in MB."""

    name: str
    does: str
    function: str
    version: int = 1
    cpus: float = 1.0
    gpus: float = 0.0
    memory: int = 300


STAGES = (
    Stage("probe", "size, frames, times, rotation; refuses what is no video", "probe:probe", memory=100),
    Stage("shots", "cuts the video where the picture changes at once", "shots:shots", memory=200),
    Stage("spans", "cuts each shot into clips of equal length", "spans:spans", memory=50),
    Stage("motion", "drops clips whose last frame is like their first", "motion:motion", memory=100),
    Stage(
        "captions", "takes the given sentence, or Florence-2's, or none", "captions:Captions.of", memory=50
    ),
    Stage("phrases", "the things the sentence names", "phrases:noun_phrases", memory=50),
    Stage("detect", "boxes of those things in every frame", "detection:Detector.detect", memory=600),
    Stage("track", "joins boxes into things through all frames", "tracking:tracked", version=2, memory=100),
    Stage("clean", "drops what is too small, unsure, double or lost", "cleaning:cleaned", memory=50),
    Stage("write", "MP4 and JSON of each clip into a tar", "parts:write_part", memory=300),
)
"""Functions are named as module:function in this folder."""

CPUS = 1.0
"""Of a worker, which takes a video through all stages, one after another."""

GPUS = max(stage.gpus for stage in STAGES)

MEMORY = max(stage.memory for stage in STAGES)
"""Of a worker, in MB: what its largest stage needs."""
