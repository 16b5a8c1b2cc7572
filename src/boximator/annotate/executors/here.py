"""In this process, one video after another: for few videos, and for looking for mistakes."""

from __future__ import annotations

from collections.abc import Iterator

from boximator.annotate.work import Job, Outcome, Work, attempted


class Here:
    """See `boximator.annotate.work.Executor`."""

    def run(self, jobs: Iterator[Job], *, work: Work) -> Iterator[tuple[Job, Outcome]]:
        annotate = work.opened()
        for job in jobs:
            yield job, attempted(annotate, job)
