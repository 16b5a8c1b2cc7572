"""Stage "shots": where the picture changes at once (PySceneDetect's detector, fed frame by frame)."""

from __future__ import annotations

import itertools

import cv2
import numpy as np

from boximator.scene.problem import Problem
from boximator.video.reader import VideoReader

WIDTH = 160
"""Pixels across at which frames are compared."""

CHANGE = 27.0
"""PySceneDetect's threshold: mean change of hue, saturation and brightness, 0 to 255."""


def shots(video: VideoReader, *, shortest: float) -> list[range]:
    """The frames of each shot. One pass over the video, one frame in memory at a time.

    Where a frame cannot be decoded the last shot ends before it, if what is whole lasts ``shortest`` seconds.

    Raises:
        Problem: a frame cannot be decoded, and what is before it is shorter.
    """
    from scenedetect import FrameTimecode
    from scenedetect.detectors import ContentDetector

    least = max(2, round(video.fps / 2))
    detector = ContentDetector(threshold=CHANGE, min_scene_len=least)
    cuts, whole = [0], len(video)
    for index in range(len(video)):
        try:
            frame = video[index]
        except Problem:
            if video.times[index] < shortest:
                raise
            whole = index
            break
        rows = max(1, round(frame.shape[0] * WIDTH / frame.shape[1]))
        small = np.ascontiguousarray(
            cv2.resize(frame, (WIDTH, rows), interpolation=cv2.INTER_AREA)[..., ::-1]
        )
        cuts += [cut.frame_num for cut in detector.process_frame(FrameTimecode(index, video.fps), small)]
    cuts = sorted({*cuts, whole})
    return [range(start, stop) for start, stop in itertools.pairwise(cuts)]
