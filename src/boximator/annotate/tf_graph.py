"""A frozen TensorFlow.js graph (model.json and its weight shards), evaluated in plain torch."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

Node = dict[str, Any]
Operation = Callable[[Node, Sequence[Tensor]], Tensor | list[Tensor]]


class TfGraph:
    """The nodes of a graph; what is asked for is computed, and nothing else. Tensors are NHWC as in TensorFlow."""

    def __init__(self, nodes: Sequence[Node], *, weights: dict[str, Tensor]) -> None:
        self.nodes = {str(node["name"]): node for node in nodes}
        self.weights = weights

    @classmethod
    def load(cls, folder: Path) -> TfGraph:
        """Read ``model.json`` and the shards it names, concatenated in its order (float32 and int32)."""
        model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        weights: dict[str, Tensor] = {}
        for group in model["weightsManifest"]:
            data = b"".join((folder / name).read_bytes() for name in group["paths"])
            at = 0
            for told in group["weights"]:
                count = int(np.prod(told["shape"], dtype=np.int64))
                values = np.frombuffer(data, np.dtype(told["dtype"]), count, at).reshape(told["shape"])
                weights[told["name"]] = torch.from_numpy(values.copy())
                at += values.nbytes
        return cls(model["modelTopology"]["node"], weights=weights)

    @torch.no_grad()
    def run(self, feeds: dict[str, Tensor], *, outputs: Sequence[str]) -> list[Tensor]:
        """The values of some nodes, given those of others."""
        values: dict[str, Tensor | list[Tensor]] = {**self.weights, **feeds}
        waiting = list(outputs)
        while waiting:
            name = waiting[-1]
            if name in values:
                waiting.pop()
                continue
            node = self.nodes[name]
            inputs = [_source(text) for text in node.get("input", ()) if not text.startswith("^")]
            missing = [source for source, _ in inputs if source not in values]
            if missing:
                waiting += missing
                continue
            values[name] = OPERATIONS[node["op"]](node, [_part(values[source], i) for source, i in inputs])
            waiting.pop()
        return [_part(values[name], 0) for name in outputs]


def _source(text: str) -> tuple[str, int]:
    name, _, part = text.partition(":")
    return name, int(part or 0)


def _part(value: Tensor | list[Tensor], part: int) -> Tensor:
    return value[part] if isinstance(value, list) else value


def _ints(tensor: Tensor) -> list[int]:
    return [int(value) for value in tensor.reshape(-1)]


def _attr(node: Node, name: str, kind: str, otherwise: Any) -> Any:
    return node.get("attr", {}).get(name, {}).get(kind, otherwise)


def _flag(node: Node, name: str) -> int:
    return int(_attr(node, name, "i", 0))


_SAME = ("U0FNRQ==", list(b"SAME"))
"""A string is written in base64, or as its bytes."""


def _same(images: Tensor, *, kernel: Sequence[int], stride: Sequence[int]) -> Tensor:
    """TensorFlow's padding "SAME": the odd pixel goes to the right and the bottom."""
    sides: list[int] = []
    for size, extent, step in zip(images.shape[:1:-1], kernel[::-1], stride[::-1], strict=True):
        total = max((-(-size // step) - 1) * step + extent - size, 0)
        sides += [total // 2, total - total // 2]
    return F.pad(images, sides)


def _convolved(node: Node, inputs: Sequence[Tensor], *, depthwise: bool) -> Tensor:
    images, kernel = inputs[0].permute(0, 3, 1, 2), inputs[1]
    stride = [int(value) for value in _attr(node, "strides", "list", {})["i"]][1:3]
    if _attr(node, "padding", "s", "") in _SAME:
        images = _same(images, kernel=kernel.shape[:2], stride=stride)
    if depthwise:
        rows, columns, channels, times = kernel.shape
        weights = kernel.permute(2, 3, 0, 1).reshape(channels * times, 1, rows, columns)
        made = F.conv2d(images, weights, stride=stride, groups=channels)
    else:
        made = F.conv2d(images, kernel.permute(3, 2, 0, 1), stride=stride)
    return made.permute(0, 2, 3, 1)


def _normalised(node: Node, inputs: Sequence[Tensor]) -> Tensor:
    images, scale, offset, mean, variance = inputs
    epsilon = float(_attr(node, "epsilon", "f", 1e-4))
    return (images - mean) * (scale * torch.rsqrt(variance + epsilon)) + offset


def _strided(node: Node, inputs: Sequence[Tensor]) -> Tensor:
    value, begin, end, stride = inputs
    starts, stops, steps = _ints(begin), _ints(end), _ints(stride)
    taken: list[slice | int] = []
    for axis, (start, stop, step) in enumerate(zip(starts, stops, steps, strict=True)):
        bit = 1 << axis
        if _flag(node, "shrink_axis_mask") & bit:
            taken.append(start)
        else:
            first = None if _flag(node, "begin_mask") & bit else start
            taken.append(slice(first, None if _flag(node, "end_mask") & bit else stop, step))
    return value[tuple(taken)]


def _slice(_node: Node, inputs: Sequence[Tensor]) -> Tensor:
    value, begin, size = inputs
    spans = zip(_ints(begin), _ints(size), strict=True)
    return value[tuple(slice(start, None if count < 0 else start + count) for start, count in spans)]


def _squeezed(node: Node, inputs: Sequence[Tensor]) -> Tensor:
    axes = [int(axis) for axis in _attr(node, "squeeze_dims", "list", {}).get("i", [])]
    value = inputs[0]
    for axis in sorted(axes, reverse=True):
        value = value.squeeze(axis)
    return value if axes else value.squeeze()


OPERATIONS: dict[str, Operation] = {
    "Add": lambda _, x: x[0] + x[1],
    "AddN": lambda _, x: torch.stack(list(x)).sum(0),
    "BiasAdd": lambda _, x: x[0] + x[1],
    "Sub": lambda _, x: x[0] - x[1],
    "Mul": lambda _, x: x[0] * x[1],
    "Exp": lambda _, x: x[0].exp(),
    "Sigmoid": lambda _, x: x[0].sigmoid(),
    "Relu6": lambda _, x: x[0].clamp(0, 6),
    "Identity": lambda _, x: x[0],
    "Shape": lambda _, x: torch.tensor(x[0].shape, dtype=torch.int32),
    "Reshape": lambda _, x: x[0].reshape(_ints(x[1])),
    "Transpose": lambda _, x: x[0].permute(_ints(x[1])),
    "Tile": lambda _, x: x[0].tile(_ints(x[1])),
    "ExpandDims": lambda _, x: x[0].unsqueeze(_ints(x[1])[0]),
    "ConcatV2": lambda _, x: torch.cat(list(x[:-1]), dim=_ints(x[-1])[0]),
    "Pack": lambda node, x: torch.stack(list(x), dim=_flag(node, "axis")),
    "Unpack": lambda node, x: list(x[0].unbind(_flag(node, "axis"))),
    "Squeeze": _squeezed,
    "Slice": _slice,
    "StridedSlice": _strided,
    "FusedBatchNorm": _normalised,
    "Conv2D": lambda node, x: _convolved(node, x, depthwise=False),
    "DepthwiseConv2dNative": lambda node, x: _convolved(node, x, depthwise=True),
}
"""What the default detector's graph needs, and no more."""
