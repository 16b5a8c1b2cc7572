"""VideoSeal (Meta, MIT; Fernandez et al. 2024, arXiv 2412.09492) as another watermark: a network that a user brings.

Its weights are no part of this package. The file is the TorchScript build with 256 bits, whose ``embed(image, bits)``
and ``detect(image)`` take one picture in [0, 1]; `detect` gives one value that is not read here, then one for each bit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8

from boximator.provenance.watermark.code import with_checksum
from boximator.scene.problem import Problem

BITS, STEP, MOST_FRAMES = 256, 4, 8
"""Bits of the network; frames to which a mark is carried on; frames that are looked at."""
BYTES = 8
"""Of the payload. It stands there three times and its checksum of 32 bits twice: 256 bits in all."""


class VideoSeal:
    """The network, loaded once.

    Raises:
        Problem: torch is missing, or the file is no such network.
    """

    def __init__(self, path: Path) -> None:
        try:
            import torch

            self._torch = torch
            self._model: Any = torch.jit.load(str(path), map_location="cpu").eval()
        except (ImportError, RuntimeError, ValueError, OSError) as error:
            raise Problem(
                given=f"{path} cannot be loaded: {str(error).splitlines()[0]}",
                wanted="VideoSeal's TorchScript file with 256 bits (y_256b_img.jit), and torch",
                fix="Name that file; its project tells where it is (docs/provenance.md)",
            ) from error

    def embedded(
        self, frames: UInt8[np.ndarray, "frames rows columns 3"], payload: int
    ) -> UInt8[np.ndarray, "frames rows columns 3"]:
        """The frames with 64 bits in them; every fourth is marked, and its change carried on to the next three."""
        bits = self._torch.from_numpy(message(payload)[None].astype(np.float32))
        out = np.empty_like(frames)
        for start in range(0, len(frames), STEP):
            picture = self._tensor(frames[start])
            with self._torch.no_grad():
                change = (self._model.embed(picture, bits) - picture)[0].permute(1, 2, 0).numpy() * 255
            part = slice(start, start + STEP)
            out[part] = np.clip(np.rint(frames[part] + change), 0, 255).astype(np.uint8)
        return out

    def detect(self, frames: UInt8[np.ndarray, "frames rows columns 3"]) -> int | None:
        """The 64 bits, if their checksum agrees; the values of up to eight frames are added up."""
        few = frames[:: max(1, -(-len(frames) // MOST_FRAMES))]
        with self._torch.no_grad():
            values = [self._model.detect(self._tensor(frame))[0, 1:].numpy() for frame in few]
        return payload_of(np.sum(values, axis=0))

    def _tensor(self, frame: UInt8[np.ndarray, "rows columns 3"]) -> Any:
        array = np.ascontiguousarray(frame.transpose(2, 0, 1))[None].astype(np.float32) / 255
        return self._torch.from_numpy(array)


def message(payload: int) -> UInt8[np.ndarray, "256"]:
    """256 bits, 0 or 1, for a payload of 64."""
    content = with_checksum(payload.to_bytes(BYTES, "big"))
    return np.unpackbits(np.frombuffer(content + content + content[:BYTES], np.uint8))


def payload_of(values: Float[np.ndarray, "256"]) -> int | None:
    """The payload that values say, above 0 for a set bit; None if the checksum disagrees."""
    once = BYTES * 8 + 32
    whole = values[:once] + values[once : 2 * once]
    whole[: BYTES * 8] += values[2 * once :]
    content = np.packbits(whole > 0).tobytes()
    return int.from_bytes(content[:BYTES], "big") if content == with_checksum(content[:BYTES]) else None
