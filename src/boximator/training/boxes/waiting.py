"""How much of a training's time goes by until its data is there: it should be next to nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Waiting:
    """A stop watch: all the time since it was begun, and what of it was spent in `for_data`.

    Attributes:
        clock: gives seconds.
        waited: of them.
    """

    clock: Callable[[], float] = time.perf_counter
    waited: float = field(default=0.0, init=False)
    _begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """From now on."""
        self._begun, self.waited = self.clock(), 0.0

    @contextmanager
    def for_data(self) -> Generator[None]:
        """What is done in the block is waiting: nothing is learnt meanwhile."""
        asked = self.clock()
        try:
            yield
        finally:
            self.waited += self.clock() - asked

    @property
    def seconds(self) -> float:
        """Since it was begun."""
        return self.clock() - self._begun

    @property
    def share(self) -> float:
        """Of the time since it was begun, 0 to 1."""
        return self.waited / self.seconds if self.waited else 0.0
