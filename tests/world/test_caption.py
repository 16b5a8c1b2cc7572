from __future__ import annotations

import numpy as np
import pytest

from boximator.world.caption import caption, direction, with_article
from boximator.world.cast import Actor
from boximator.world.motion import CameraMotion, Kind, ObjectMotion

STILL = CameraMotion(offsets=np.zeros((3, 2)), zooms=np.ones(3))


def actor(
    label: str,
    *,
    travel: tuple[float, float] = (0.4, 0.0),
    kind: Kind = "move",
    sort: str = "thing",
    growth: float = 1.0,
) -> Actor:
    times = np.linspace(0, 1, 3)[:, None]
    motion = ObjectMotion(
        kind=kind,
        centres=0.3 + times * np.array(travel),
        scales=growth ** (times * np.ones(2)),
        angles=np.zeros(3),
    )
    return Actor(pixels=np.zeros((8, 8, 4), np.uint8), label=label, kind=sort, motion=motion, boxed=True)


def told(*actors: Actor, place: str = "", camera: CameraMotion = STILL, seed: int = 0) -> str:
    return caption(list(actors), place=place, camera=camera, rng=np.random.default_rng(seed))


def test_articles() -> None:
    assert with_article("apple") == "an apple"
    assert with_article("kite") == "a kite"


@pytest.mark.parametrize(
    ("travel", "words"),
    [
        ((1.0, 0.1), "to the right"),
        ((-1.0, 0.3), "to the left"),
        ((0.1, 1.0), "down"),
        ((-0.2, -1.0), "up"),
        ((1.0, 1.0), "down and to the right"),
        ((-1.0, -0.6), "up and to the left"),
    ],
)
def test_directions(travel: tuple[float, float], words: str) -> None:
    assert direction(np.array(travel)) == words


@pytest.mark.parametrize("angle", np.linspace(0, 2 * np.pi, 25))
def test_every_direction_word_agrees_with_the_travel(angle: float) -> None:
    travel = np.array([np.cos(angle), np.sin(angle)])
    words = direction(travel)
    assert words
    signs = {"right": travel[0], "left": -travel[0], "down": travel[1], "up": -travel[1]}
    for word, along in signs.items():
        assert along > 0.35 if word in words else along < 0.4


def test_an_only_object_is_always_named_with_what_it_does() -> None:
    for seed in range(20):
        words = told(actor("red kite", travel=(-0.5, -0.4)), seed=seed)
        assert words.startswith("a red kite ")
        assert words.endswith(" up and to the left")


def test_animals_walk_and_vehicles_drive() -> None:
    animals = {told(actor("pig", sort="animal"), seed=seed).split()[2] for seed in range(40)}
    vehicles = {told(actor("bus", sort="vehicle"), seed=seed).split()[2] for seed in range(40)}
    assert animals == {"walks", "runs", "moves", "goes"}
    assert vehicles == {"drives", "rolls", "moves", "goes"}


def test_what_rests_enters_or_leaves_is_said_so() -> None:
    assert any(word in told(actor("cup", kind="rest")) for word in ("rests", "still", "not move", "waits"))
    assert told(actor("cup", kind="enter")) == "a cup comes in, moving to the right"
    assert told(actor("cup", kind="leave", travel=(0, -1))) == "a cup leaves, moving up"


def test_growing_is_coming_closer() -> None:
    assert told(actor("cup", growth=1.6)).endswith("and comes closer")
    assert told(actor("cup", growth=0.6)).endswith("and goes away")
    assert "closer" not in told(actor("cup", growth=1.1))


def test_everything_named_is_there_and_most_of_what_is_there_is_named() -> None:
    nouns = ["cup", "dog", "bus"]
    named = 0
    for seed in range(60):
        sentences = told(*map(actor, nouns), seed=seed).split(", ")
        found = [sentence.split()[1] for sentence in sentences]
        assert found
        assert found == [noun for noun in nouns if noun in found]
        named += len(found)
    assert 0.75 * 180 < named < 180


def test_the_place_is_named_most_of_the_time() -> None:
    mentions = sum(
        "in front of a lake" in told(actor("cup"), place="a lake", seed=seed) for seed in range(60)
    )
    assert 35 < mentions < 60
    assert "in front" not in told(actor("cup"))


@pytest.mark.parametrize(
    ("offset", "zoom", "words"),
    [
        ((0.2, 0.0), 1.0, "the camera pans to the right"),
        ((0.0, -0.2), 1.0, "the camera pans up"),
        ((0.0, 0.0), 1.3, "the camera zooms in"),
        ((0.0, 0.0), 0.8, "the camera zooms out"),
        ((0.03, 0.0), 1.0, "the camera shakes"),
    ],
)
def test_camera_words(offset: tuple[float, float], zoom: float, words: str) -> None:
    times = np.linspace(0, 1, 3)
    camera = CameraMotion(offsets=times[:, None] * np.array(offset), zooms=zoom**times)
    assert told(actor("cup"), camera=camera).endswith(", " + words)
    assert "camera" not in told(actor("cup"))
