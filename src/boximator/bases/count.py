"""Counting what a denoiser and its adapter cost, on torch's meta device: parameters, FLOPs, memory at its peak."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from boximator.bases.published import META


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one call: floating-point operations (a multiply-add is two), and values alive at the worst moment
    (weights not among them)."""

    flops: int
    values: int


class _Shapes(TorchFunctionMode):
    """What the meta device cannot do is answered by shape.

    Attention is counted by its formula and gives a tensor of the right shape: the kernels that people use hold
    no matrix of scores. A mask selects everything, and its opposite nothing, since its values are unknown.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flops = 0
        self._opposites: set[int] = set()

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if func is F.scaled_dot_product_attention:
            query, key, value = (
                args[:3] if len(args) > 2 else (*args, *(kwargs[n] for n in _NAMES[len(args) :]))
            )
            return self._attention(query, key, value)
        if func is Tensor.__bool__:
            return False
        if func is Tensor.__invert__:
            opposite = func(*args)
            self._opposites.add(id(opposite))
            self._kept = opposite
            return opposite
        if func is Tensor.__getitem__ and isinstance(args[1], Tensor) and args[1].dtype is torch.bool:
            return args[0][:0] if id(args[1]) in self._opposites else args[0].clone()
        if func is torch.nonzero:
            return torch.empty(args[0].numel(), args[0].ndim, dtype=torch.long, device=META)
        return func(*args, **(kwargs or {}))

    def _attention(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        scores = query.shape[:-1].numel() * key.shape[-2]
        self.flops += 2 * scores * (query.shape[-1] + value.shape[-1])
        return torch.empty(*query.shape[:-1], value.shape[-1], dtype=query.dtype, device=META)


_NAMES = ("query", "key", "value")


class _Alive(TorchDispatchMode):
    """Counts the values of every tensor that is made, while it lives."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        made = func(*args, **(kwargs or {}))
        given = {_storage(leaf) for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)}
        for leaf in tree_leaves(made):
            if isinstance(leaf, Tensor) and _storage(leaf) not in given:
                self._note(leaf)
        return made

    def _note(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        size = storage.nbytes() // tensor.element_size()
        self.now += size
        self.most = max(self.most, self.now)
        weakref.finalize(storage, self._gone, size)

    def _gone(self, size: int) -> None:
        self.now -= size


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata  # pyright: ignore[reportPrivateUsage] - it has no public identity on meta


def _no_autocast(*device: object, **settings: object) -> AbstractContextManager[None]:
    """Autocast refuses the meta device, where no kernel is chosen anyway."""
    return nullcontext()


@torch.no_grad()
def cost(run: Callable[[], object]) -> Cost:
    """What `run`, which works on meta tensors, would cost."""
    shapes, alive, flops = _Shapes(), _Alive(), FlopCounterMode(display=False)
    with patch("torch.autocast", _no_autocast), alive, flops, shapes:
        run()
    return Cost(flops=flops.get_total_flops() + shapes.flops, values=alive.most)


@torch.no_grad()
def flops(run: Callable[[], object]) -> int:
    """Only the operations of `cost`: several times quicker, since no tensor is watched."""
    shapes, counter = _Shapes(), FlopCounterMode(display=False)
    with patch("torch.autocast", _no_autocast), counter, shapes:
        run()
    return counter.get_total_flops() + shapes.flops


def parameters(modules: Iterable[nn.Module]) -> int:
    """How many numbers the modules learn."""
    return sum(parameter.numel() for module in modules for parameter in module.parameters())
