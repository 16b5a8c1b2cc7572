"""Make the README's moving picture: left the plan drawn on the photograph, right the film that obeyed it.

.venv/bin/python scripts/make_media.py examples/demo.json docs/media/demo.gif
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from boximator.generation import load_engine
from boximator.provenance.ledger import of_recipe
from boximator.provenance.marks import write_marked
from boximator.scene.draw import preview_frames
from boximator.scene.plan import plan
from boximator.scene.wire import beside, read_scene
from boximator.video.fitting import fitted
from boximator.video.picture import read_picture

WIDTH = 360


def main(source: Path, target: Path) -> None:
    """Animate ``source`` and write both halves side by side; the last frame stays a second."""
    scene = read_scene(source)
    picture = read_picture(beside(source, scene.picture or ""))
    large = load_engine().generate(scene, picture=fitted(picture, scene=scene)).frames
    size = (WIDTH, round(WIDTH * picture.shape[0] / picture.shape[1] / 2) * 2)
    film = np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in large])
    asked = preview_frames(film[:1], scene, plan(scene))
    both = np.concatenate([asked, film], axis=2)
    shown = np.concatenate([both, np.repeat(both[-1:], scene.fps, axis=0)])
    about = of_recipe(scene, base="pocket", method="boxes", steps=None, scene_file=source)
    write_marked(shown, target, fps=scene.fps, about=about)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
