"""Which tokens of a prompt speak of which object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Words:
    """Attributes:
    count: tokens that the base reads, padding included.
    used: of these, the prompt's own (with the marks at its start and end).
    subjects: for every object its tokens' places; () for one that the prompt does not name.
    opened: whether the first token is a mark of the start.
    """

    count: int
    used: int
    subjects: tuple[tuple[int, ...], ...]
    opened: bool = True

    def table(self, *, trailing: int = 0) -> Bool[Tensor, "objects tokens"]:
        """The subjects' tokens, with the first ``trailing`` tokens of the padding for every named object."""
        named = torch.zeros(len(self.subjects), self.count, dtype=torch.bool)
        for row, places in enumerate(self.subjects):
            named[row, list(places)] = True
            if places:
                named[row, self.used : self.used + trailing] = True
        return named


def words_of(
    prompt: Sequence[int],
    *,
    phrases: Sequence[Sequence[int]],
    count: int,
    opened: bool = True,
) -> Words:
    """Find the objects' phrases, all given as token ids. A phrase's token counts wherever it occurs (Peekaboo).

    Args:
        prompt: ids of the prompt, marks included, padding not.
        phrases: ids of the objects' labels, without marks.
        count: tokens that the base reads.
        opened: whether the prompt's first id is a mark of the start.
    """
    read = list(prompt[:count])
    subjects = tuple(
        tuple(place for place, token in enumerate(read) if token in set(phrase)) for phrase in phrases
    )
    return Words(count=count, used=len(read), subjects=subjects, opened=opened)
