"""The default detector: SSDLite on MobileNetV2, 80 classes of COCO, in plain torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from boximator.annotate.detection import Detection, Frame, best
from boximator.annotate.tf_graph import TfGraph
from boximator.annotate.vocabulary import COCO_IDS, NAMES

SIDE = 300
INPUT = "Preprocessor/map/TensorArrayStack/TensorArrayGatherV3"
"""After the graph's own loop of preprocessing: float RGB in 0..255."""
BOXES, SCORES = "Postprocessor/ExpandDims_1", "Postprocessor/Slice"


@dataclass(frozen=True, eq=False)
class SsdLite:
    """See `boximator.annotate.detection.Detector`. ``least`` is the lowest score that counts."""

    graph: TfGraph
    least: float = 0.4

    @classmethod
    def load(cls, folder: Path, *, least: float = 0.4) -> SsdLite:
        """From the folder that `boximator.annotate.fetch` fills."""
        return cls(TfGraph.load(folder), least=least)

    @property
    def names(self) -> tuple[str, ...]:
        """Of COCO."""
        return NAMES

    def detect(self, frames: Sequence[Frame], *, wanted: Sequence[str] | None) -> list[list[Detection]]:
        """Frame by frame: the graph takes one picture."""
        return [self._detected(frame, wanted=wanted) for frame in frames]

    def _detected(self, frame: Frame, *, wanted: Sequence[str] | None) -> list[Detection]:
        small = cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR).astype(np.float32)
        found = self.graph.run({INPUT: torch.from_numpy(small)[None]}, outputs=(BOXES, SCORES))
        boxes = found[0].reshape(-1, 4).numpy()[:, [1, 0, 3, 2]].clip(0, 1)
        scores = found[1].reshape(len(boxes), -1)[:, [number - 1 for number in COCO_IDS]].numpy()
        classes = scores.argmax(1)
        top = scores.max(1)
        if wanted is not None:
            top = np.where(np.isin(classes, [NAMES.index(name) for name in wanted]), top, 0)
        return [
            Detection(
                box=(float(boxes[i, 0]), float(boxes[i, 1]), float(boxes[i, 2]), float(boxes[i, 3])),
                score=float(top[i]),
                label=NAMES[classes[i]],
            )
            for i in best(boxes, scores=top, names=classes, least=self.least)
        ]
