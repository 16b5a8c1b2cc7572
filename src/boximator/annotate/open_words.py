"""Detectors that take any words, through transformers: Grounding DINO and OWLv2.

Each loads from a folder or a hub id, on the first accelerator there is. What they are asked is the wanted phrases; what
they answer keeps the phrase as its label, so no table of classes stands between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from boximator.annotate.detection import Detection, Frame, in_shares
from boximator.scene.problem import Problem


@dataclass(frozen=True, eq=False)
class OpenWords:
    """See `boximator.annotate.detection.Detector`. Without ``wanted`` words there is nothing to look for."""

    kind: str
    model: Any
    processor: Any
    least: float

    @property
    def names(self) -> None:
        """Any."""
        return

    def detect(self, frames: Sequence[Frame], *, wanted: Sequence[str] | None) -> list[list[Detection]]:
        """Frame by frame.

        Raises:
            Problem: no words.
        """
        if wanted is None:
            raise Problem(
                given=f"Nothing to look for is named, and {self.kind} knows no classes of its own",
                wanted="Captions, whose phrases are looked for",
                fix="Give --captions beside or a CSV, or take --detector ssdlite",
            )
        if not wanted:
            return [[] for _ in frames]
        return [self._detected(Image.fromarray(frame), words=list(wanted)) for frame in frames]

    @torch.no_grad()
    def _detected(self, picture: Image.Image, *, words: list[str]) -> list[Detection]:
        told = self.processor(images=picture, text=[words], return_tensors="pt").to(self.model.device)
        answer = self.model(**told)
        size = [(picture.height, picture.width)]
        if self.kind == "owlv2":
            [found] = self.processor.post_process_grounded_object_detection(
                answer, threshold=self.least, target_sizes=size, text_labels=[words]
            )
        else:
            [found] = self.processor.post_process_grounded_object_detection(
                answer, told.input_ids, threshold=self.least, text_threshold=self.least, target_sizes=size
            )
        rows = zip(found["boxes"].tolist(), found["scores"].tolist(), found["text_labels"], strict=True)
        return [
            Detection(box=in_shares(box, size=picture.size), score=float(score), label=label)
            for box, score, said in rows
            if (label := _phrase(said, words=words)) is not None
        ]


def load_open(kind: str, *, name: str, least: float) -> OpenWords:
    """Load a detector of a kind from a folder or hub id.

    Raises:
        Problem: it cannot be loaded.
    """
    from transformers import AutoModelForZeroShotObjectDetection, AutoProcessor

    try:
        model: Any = AutoModelForZeroShotObjectDetection.from_pretrained(name, use_safetensors=True)
        processor: Any = AutoProcessor.from_pretrained(name)
    except (OSError, ValueError, KeyError) as error:
        raise Problem(
            given=f"{name} cannot be loaded as {kind} ({str(error).splitlines()[0]})",
            wanted="A folder or hub id with safetensors and the processor's files",
            fix=f"Download it first and give its folder: --detector {kind}:FOLDER",
        ) from error
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return OpenWords(kind=kind, model=model.eval().to(device), processor=processor, least=least)


def _phrase(said: str, *, words: Sequence[str]) -> str | None:
    """Which of the wanted phrases an answer means: itself, or the one that shares most of its words; else None."""
    if said in words:
        return said
    heard = set(said.lower().split())
    best = max(words, key=lambda word: len(heard & set(word.lower().split())))
    return best if heard & set(best.lower().split()) else None
