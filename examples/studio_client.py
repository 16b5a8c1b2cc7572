#!/usr/bin/env python
"""Has a running studio make a scene's video: `boximator studio` in another window, then

.venv/bin/python examples/studio_client.py examples/demo.json demo.mp4
"""

from __future__ import annotations

import sys
from pathlib import Path

from boximator.scene.problem import Problem
from boximator.scene.wire import read_scene
from boximator.studio.client import ADDRESS, StudioClient
from boximator.studio.wire import Job


def tell(job: Job) -> None:
    """Where it is, on one line."""
    sys.stderr.write(f"\r{job.state.value} {job.step}/{job.steps} ")


def main(scene: Path, video: Path, address: str = ADDRESS) -> None:
    """Upload, submit, wait, download."""
    studio = StudioClient(address)
    job = studio.submit(read_scene(scene), beside=scene.parent)
    try:
        done = studio.wait(job.id, progress=tell)
    except KeyboardInterrupt:
        studio.cancel(job.id)
        raise SystemExit("\ncancelled") from None
    studio.download(done.id, kind="mp4", path=video)
    assert done.result is not None
    for seen in done.result.seen or []:
        sys.stdout.write(f"track {seen.id}: mean IoU {seen.mean_iou}\n")
    sys.stdout.write(f"{video}\n")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:4])
    except Problem as problem:
        raise SystemExit(f"Problem: {problem}") from None
