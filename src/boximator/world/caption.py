"""Sentences that name the objects, what they do and where."""

from __future__ import annotations

import numpy as np

from boximator.world.cast import Actor
from boximator.world.motion import CameraMotion

_VERBS = {
    "animal": ("walks", "runs", "moves", "goes"),
    "vehicle": ("drives", "rolls", "moves", "goes"),
    "person": ("walks", "moves", "steps", "goes"),
}
_STILL = ("rests", "stays still", "does not move", "waits")


def with_article(noun: str) -> str:
    """``apple`` -> ``an apple``."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def direction(travel: np.ndarray) -> str:
    """Words for a displacement in frame heights: right, left, up, down and their pairs."""
    x, y = float(travel[0]), float(travel[1])
    words: list[str] = []
    if abs(y) > 0.38 * abs(x):
        words.append("down" if y > 0 else "up")
    if abs(x) > 0.38 * abs(y):
        words.append("to the right" if x > 0 else "to the left")
    return " and ".join(words)


def _object_sentence(actor: Actor, *, rng: np.random.Generator) -> str:
    noun, motion = with_article(actor.label), actor.motion
    if motion.kind == "rest":
        return f"{noun} {rng.choice(_STILL)}"
    travel = motion.centres[-1] - motion.centres[0]
    verb = str(rng.choice(_VERBS.get(actor.kind, ("moves", "slides", "flies", "goes"))))
    words = f"{noun} {verb} {direction(travel)}"
    if motion.kind == "enter":
        words = f"{noun} comes in, moving {direction(travel)}"
    if motion.kind == "leave":
        words = f"{noun} leaves, moving {direction(travel)}"
    growth = float(np.log(motion.scales[-1] / motion.scales[0]).mean())
    if abs(growth) > 0.25:
        words += " and comes closer" if growth > 0 else " and goes away"
    return words


def _camera_words(camera: CameraMotion) -> str:
    if not camera.moves:
        return ""
    zoom, offset = float(np.log(camera.zooms[-1])), camera.offsets[-1]
    if abs(zoom) > max(0.08, float(np.abs(offset).max())):
        return ", the camera zooms in" if zoom > 0 else ", the camera zooms out"
    if np.abs(offset).max() > 0.04:
        return f", the camera pans {direction(offset)}"
    return ", the camera shakes"


def caption(actors: list[Actor], *, place: str, camera: CameraMotion, rng: np.random.Generator) -> str:
    """One sentence for the clip; now and then a thing is left out, as people do. ``place`` may be empty."""
    told = [actor for actor in actors if len(actors) == 1 or rng.random() > 0.12] or actors[:1]
    sentences = [_object_sentence(actor, rng=rng) for actor in told]
    where = f" in front of {place}" if place and rng.random() < 0.85 else ""
    return ", ".join(sentences) + where + _camera_words(camera)
