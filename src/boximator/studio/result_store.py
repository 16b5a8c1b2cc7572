"""The files that jobs leave, and the small pictures on the way."""

from __future__ import annotations

from pathlib import Path

from boximator.studio.engine import Output
from boximator.studio.folder import Folder
from boximator.studio.refusals import missing

FRAME = "frames/{index:05d}.webp"
FILES = {"mp4": "video.mp4", "gif": "video.gif", "json": "recipe.json"}


class ResultStore:
    """Results by job."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def keep(self, job: str, output: Output) -> None:
        """Write a result's files; they appear all at once."""
        self._folder.write(self._folder.jobs / job, output.files)

    def keep_preview(self, job: str, picture: bytes) -> None:
        """Write the latest small picture."""
        self._folder.write_file(self._folder.jobs / job / "preview.jpg", picture)

    def frame(self, job: str, *, index: int) -> Path:
        """The file of one frame."""
        return self._there(job, FRAME.format(index=index), "frame of this index")

    def download(self, job: str, *, kind: str) -> Path:
        """The file of one kind."""
        return self._there(job, FILES[kind], f"{kind} file")

    def preview(self, job: str) -> bytes:
        """The latest small picture."""
        return self._there(job, "preview.jpg", "preview").read_bytes()

    def remove(self, job: str) -> None:
        """Remove all its files."""
        self._folder.remove(self._folder.jobs / job)

    def _there(self, job: str, name: str, called: str) -> Path:
        path = self._folder.jobs / job / name
        if not path.is_file():
            raise missing(
                f"This job has no {called}",
                wanted="A job that is done has frames and files; one that runs may have a preview",
                fix="Look at the job's state first",
            )
        return path
