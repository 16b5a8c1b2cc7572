"""Slice i of n: which videos one of several jobs takes, without the jobs knowing each other."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from boximator.scene.problem import Problem


@dataclass(frozen=True)
class Slice:
    """The ``number``-th (from 1) of ``of`` shares; each video is in exactly one, by its path."""

    number: int = 1
    of: int = 1

    @property
    def name(self) -> str:
        """In file names; empty if there is one job."""
        return "" if self.of == 1 else f"{self.number}-of-{self.of}"

    def takes(self, path: str) -> bool:
        """Whether a video is this job's."""
        return (
            self.of == 1 or zlib.crc32(path.encode("utf-8", "surrogateescape")) % self.of == self.number - 1
        )


def read_slice(text: str) -> Slice:
    """From "2/8".

    Raises:
        Problem: it is not that.
    """
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text.strip())
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise Problem(
            given=f'The slice is "{text}"',
            wanted="The number of this job and how many there are, such as 2/8, from 1",
            fix="With a batch scheduler: --slice $TASK/$TASKS, counting from 1",
        )
    return Slice(number=int(found[1]), of=int(found[2]))
