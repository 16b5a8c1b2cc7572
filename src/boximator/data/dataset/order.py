"""Which clip comes when: a pure function of the seed and a number, so that a run goes on exactly anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

BLOCK = 256
"""Clips that lie side by side in the shards and are shuffled among themselves: reads stay near one another."""


@dataclass(frozen=True)
class Order:
    """Every clip once a turn, each turn in another order.

    How far a run has come is one number. It does not matter how many processes or workers share the reading: each
    takes its own numbers.
    """

    clips: int
    seed: int = 0
    block: int = BLOCK

    def numbered(self, number: int) -> int:
        """As `place`, plus the number of clips for every turn before: which turn it is can be read from it."""
        return self.place(number) + number // self.clips * self.clips

    def place(self, number: int) -> int:
        """The clip that comes ``number``-th (from 0), as its row in the index."""
        turn, within = divmod(number, self.clips)
        blocks, ends = _blocks(self, turn)
        which = int(np.searchsorted(ends, within, side="right"))
        block = int(blocks[which])
        inner = _inside(self, turn, block)
        return block * self.block + int(inner[within - (int(ends[which - 1]) if which else 0)])

    def batch(self, step: int, *, size: int, rank: int = 0, ranks: int = 1) -> list[int]:
        """The clips of a step of ``size`` clips in all, of which this one of ``ranks`` processes takes its share."""
        return [self.place(step * size + number) for number in range(rank, size, ranks)]


@lru_cache(maxsize=4)
def _blocks(order: Order, turn: int) -> tuple[np.ndarray, np.ndarray]:
    """The blocks in the turn's order, and after how many clips each ends."""
    count = -(-order.clips // order.block)
    shuffled = np.random.default_rng([order.seed, turn]).permutation(count)
    sizes = np.minimum(order.clips - shuffled * order.block, order.block)
    return shuffled, np.cumsum(sizes)


@lru_cache(maxsize=8)
def _inside(order: Order, turn: int, block: int) -> np.ndarray:
    size = min(order.block, order.clips - block * order.block)
    return np.random.default_rng([order.seed, turn, block]).permutation(size)
