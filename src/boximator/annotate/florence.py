"""Florence-2 through transformers: a detector that takes any words or none, and sentences for clips without one.

Source: Xiao et al. 2023 (arXiv 2311.06242). It answers with text in which places are written as tokens; it says no
scores, so all of its boxes count as sure (1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from boximator.annotate.detection import Detection, Frame, in_shares
from boximator.scene.problem import Problem

EVERYTHING, NAMED, SENTENCE = "<OD>", "<CAPTION_TO_PHRASE_GROUNDING>", "<DETAILED_CAPTION>"
"""What it is asked: all it knows by name; the places of the phrases in a text; what the picture shows."""

LONGEST = 256
"""Tokens of an answer, at most."""


@dataclass(frozen=True, eq=False)
class Florence:
    """See `boximator.annotate.detection.Detector` and `boximator.annotate.captions.Captioner`."""

    model: Any
    processor: Any

    @property
    def names(self) -> None:
        """Any."""
        return

    def detect(self, frames: Sequence[Frame], *, wanted: Sequence[str] | None) -> list[list[Detection]]:
        """Frame by frame; each wanted phrase is asked for by itself, so that no box gets another's name."""
        found: list[list[Detection]] = []
        for frame in frames:
            picture = Image.fromarray(frame)
            if wanted is None:
                found.append(self._boxes(picture, task=EVERYTHING))
            else:
                asked = [self._boxes(picture, task=NAMED, phrase=phrase) for phrase in wanted]
                found.append([one for boxes in asked for one in boxes])
        return found

    def caption(self, frame: Frame) -> str:
        """A sentence on what a frame shows."""
        told = self._answer(Image.fromarray(frame), task=SENTENCE)
        return " ".join(str(told).split())

    def _boxes(self, picture: Image.Image, *, task: str, phrase: str = "") -> list[Detection]:
        told = self._answer(picture, task=task, phrase=phrase)
        rows = zip(told["bboxes"], told["labels"], strict=True)
        return [
            Detection(box=in_shares(box, size=picture.size), score=1.0, label=phrase or str(label).strip())
            for box, label in rows
        ]

    @torch.inference_mode()
    def _answer(self, picture: Image.Image, *, task: str, phrase: str = "") -> Any:
        asked = self.processor(images=picture, text=task + phrase, return_tensors="pt").to(self.model.device)
        tokens = self.model.generate(**asked, max_new_tokens=LONGEST, num_beams=1, do_sample=False)
        text = self.processor.batch_decode(tokens, skip_special_tokens=False)[0]
        told = self.processor.post_process_generation(text=text, task=task, image_size=picture.size)
        return told[task]


def load_florence(name: str) -> Florence:
    """Load Florence-2 from a folder or hub id, on the first accelerator there is.

    Raises:
        Problem: it cannot be loaded.
    """
    from transformers import AutoProcessor, Florence2ForConditionalGeneration

    try:
        model: Any = Florence2ForConditionalGeneration.from_pretrained(name, use_safetensors=True)
        processor: Any = AutoProcessor.from_pretrained(name)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise Problem(
            given=f"{name} cannot be loaded as Florence-2 ({str(error).splitlines()[0]})",
            wanted="A folder or hub id with a florence2 model in safetensors and its processor's files",
            fix="Download it first (florence-community has them in this form) and give its folder: florence-2:FOLDER",
        ) from error
    return Florence(model.eval().to("cuda" if torch.cuda.is_available() else "cpu"), processor)
