"""What goes wrong on the user's side, said in words the user can act on."""

from __future__ import annotations

import json
from dataclasses import dataclass

MOST_SHOWN = 30
"""Faults of one document that are listed; a file of rubbish may hold thousands."""


class Problem(ValueError):  # noqa: N818 - it is the user's, not an error of the program
    """Something the user gave cannot be used: what was given, what is wanted, what to do about it.

    Every part is a sentence. `str(problem)` is the three sentences in that order. The command line
    prints it and leaves with exit code 2; a fault of our own is an `assert`, never a `Problem`.
    """

    def __init__(self, *, given: str, wanted: str, fix: str) -> None:
        self.given = _sentence(given)
        self.wanted = _sentence(wanted)
        self.fix = _sentence(fix)
        super().__init__(f"{self.given} {self.wanted} {self.fix}")

    def __reduce__(self) -> tuple[object, tuple[str, str, str]]:
        return _rebuilt, (self.given, self.wanted, self.fix)  # worker processes send problems home


def _rebuilt(given: str, wanted: str, fix: str) -> Problem:
    return Problem(given=given, wanted=wanted, fix=fix)


def _sentence(words: str) -> str:
    words = words.strip()
    return words if words.endswith((".", "!", "?")) else words + "."


@dataclass(frozen=True)
class Fault:
    """One problem and the place of it in a document, as a JSON path (`tracks[2].keyframes[0].box`)."""

    place: str
    problem: Problem

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}" if self.place else str(self.problem)


class ManyProblems(Problem):
    """Every fault found in one document, so that the user repairs them in one go."""

    def __init__(self, source: str, faults: tuple[Fault, ...]) -> None:
        assert faults, "ManyProblems needs at least one fault"
        self.source = source
        self.faults = faults
        count = "1 problem" if len(faults) == 1 else f"{len(faults)} problems"
        super().__init__(
            given=f"{source} has {count}",
            wanted=" ".join(f"{fault.place}: {fault.problem.wanted}".removeprefix(": ") for fault in faults),
            fix=" ".join(f"{fault.place}: {fault.problem.fix}".removeprefix(": ") for fault in faults),
        )

    def __str__(self) -> str:
        shown = [f"  {fault}" for fault in self.faults[:MOST_SHOWN]]
        hidden = len(self.faults) - len(shown)
        return "\n".join(
            [self.given.rstrip(".") + ":", *shown, *([f"  and {hidden} more"] if hidden else [])]
        )

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return ManyProblems, (self.source, self.faults)


def shortened(value: object, *, longest: int = 60) -> str:
    """A value for a message as JSON writes it, cut to a length a person reads."""
    words = json.dumps(value, ensure_ascii=False, default=repr)
    words = words.encode("utf-8", "backslashreplace").decode()
    return words if len(words) <= longest else words[: longest - 3] + "..."
