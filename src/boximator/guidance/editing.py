"""Edit attention from outside: hooks round attention modules, and inside them torch's own attention function.

Whatever processor a module has (diffusers', an IP-Adapter's, ...), it ends in `scaled_dot_product_attention`. While
one of our modules runs, a `TorchFunctionMode` puts our own computation in its place. Nothing of the base is replaced.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from typing import Any, Protocol

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from boximator.guidance.sites import Site
from boximator.scene.problem import Problem

Attend = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Query, key and value (batch, heads, tokens, width), as they come out of a processor -> what is attended to."""

_MOST = 1 << 26
"""Numbers in a table of scores that is held at once: queries are taken in pieces."""


class Weigh(Protocol):
    """Scores of some queries -> attention weights. ``first`` is the place of the first of these queries."""

    def __call__(
        self, scores: Float[Tensor, "batch heads queries keys"], *, first: int
    ) -> Float[Tensor, "batch heads queries keys"]: ...


def weighed(query: Tensor, key: Tensor, value: Tensor, *, weigh: Weigh, scale: float | None = None) -> Tensor:
    """Attention whose weights ``weigh`` makes of the scores."""
    batch, heads, queries, width = query.shape
    piece = max(1, _MOST // (batch * heads * key.shape[2]))
    factor = scale if scale is not None else 1 / math.sqrt(width)
    parts: list[Tensor] = []
    for first in range(0, queries, piece):
        scores = query[:, :, first : first + piece].float() @ key.float().transpose(-1, -2) * factor
        parts.append((weigh(scores, first=first) @ value.float()).to(query.dtype))
    return torch.cat(parts, dim=2)


class _Instead(TorchFunctionMode):
    """Puts a computation in the place of torch's attention."""

    def __init__(self, attend: Attend) -> None:
        super().__init__()
        self.attend = attend
        self.used = 0

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        named = kwargs or {}
        if func is not F.scaled_dot_product_attention:
            return func(*args, **named)
        query, key, value, mask = _arguments(*args, **named)
        if mask is not None:
            return func(*args, **named)
        self.used += 1
        return self.attend(query, key, value)


def _arguments(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None, *_: Any, **__: Any
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    return query, key, value, attn_mask


class Edited:
    """One site under an edit. ``make`` is asked at every call, and answers None where nothing is to be done."""

    def __init__(self, site: Site, *, make: Callable[[Site], Attend | None]) -> None:
        self.site = site
        self.make = make
        self.asked = 0
        self.used = 0
        self._mode: _Instead | None = None

    def enter(self, _module: nn.Module, _given: tuple[Any, ...]) -> None:
        """A forward pre-hook."""
        attend = self.make(self.site)
        if attend is not None:
            self.asked += 1
            self._mode = _Instead(attend)
            self._mode.__enter__()

    def leave(self, _module: nn.Module, _given: tuple[Any, ...], _answer: object) -> None:
        """A forward hook, called after an error too."""
        if self._mode is not None:
            mode, self._mode = self._mode, None
            self.used += mode.used
            mode.__exit__(None, None, None)


@contextmanager
def editing(sites: Iterable[Site], *, make: Callable[[Site], Attend | None], method: str) -> Generator[None]:
    """Inside the `with` block every site's attention is what ``make`` says; after it the base is as it was.

    Raises:
        Problem: at the end, if an edit was asked for and did not happen anywhere. It is never silent.
    """
    edited = [Edited(site, make=make) for site in sites]
    with ExitStack() as stack:
        for one in edited:
            stack.callback(one.site.module.register_forward_pre_hook(one.enter).remove)
            stack.callback(one.site.module.register_forward_hook(one.leave, always_call=True).remove)
        yield
    silent = [one.site.path for one in edited if one.asked > one.used == 0]
    if silent or not any(one.used for one in edited):
        raise Problem(
            given=f"The method {method} did nothing: {silent[0] if silent else 'no attention'} was not reached",
            wanted="A base whose attention runs through torch's scaled_dot_product_attention, called in this block",
            fix="Take compiled networks, other attention backends and fused processors off, or use the method ttm",
        )
