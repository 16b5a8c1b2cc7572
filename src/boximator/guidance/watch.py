"""What a denoiser is called with: at which step the sampling is, and the call itself."""

from __future__ import annotations

import inspect
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a denoiser, its arguments by name."""

    denoiser: nn.Module
    arguments: dict[str, Any]

    @property
    def sample_name(self) -> str:
        """Name of what is denoised: the first argument."""
        return next(iter(self.arguments))

    @property
    def sample(self) -> Tensor:
        """What is denoised, with all that a pipeline has put beside it on the channels."""
        return self.arguments[self.sample_name]


class Watch:
    """Counts steps by the change of the time that denoisers are told; where the time goes up, another generation has
    begun. `first` is the first call of the step: the conditional one of those pipelines that call twice, the one with
    both halves of those that call once."""

    def __init__(self) -> None:
        self.step = -1
        self.first: Call | None = None
        self.now: Call | None = None
        self._time: float | None = None
        self._aside = False

    def see(self, denoiser: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        """A forward pre-hook."""
        if self._aside:
            return
        call = Call(denoiser, dict(inspect.signature(denoiser.forward).bind(*given, **named).arguments))
        time = float(Tensor.max(call.arguments["timestep"] + 0.0))
        self.now = call
        if time != self._time:
            again = self._time is not None and time > self._time
            self.step, self._time, self.first = 0 if again else self.step + 1, time, call

    @contextmanager
    def aside(self) -> Generator[None]:
        """Calls inside the `with` block are our own, and not counted."""
        self._aside = True
        try:
            yield
        finally:
            self._aside = False

    @property
    def batch(self) -> int:
        """Videos in the call, halves of guidance counted singly."""
        assert self.now is not None, "asked inside a call"
        return self.now.sample.shape[0]


@contextmanager
def watching(denoisers: tuple[nn.Module, ...]) -> Generator[Watch]:
    """Watch denoisers inside the `with` block."""
    watch = Watch()
    handles = [module.register_forward_pre_hook(watch.see, with_kwargs=True) for module in denoisers]
    try:
        yield watch
    finally:
        for handle in handles:
            handle.remove()
