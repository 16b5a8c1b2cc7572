from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from boximator.world.cast import Actor, cast
from boximator.world.library import Backdrop, Library, Sprite, library

HEIGHT, ASPECT = 96, 0.6


@cache
def casts() -> tuple[list[Actor], ...]:
    source = library("heldout")
    return tuple(
        cast(source, height=HEIGHT, frames=4, aspect=ASPECT, rng=np.random.default_rng(seed))
        for seed in range(60)
    )


def test_one_to_four_are_boxed_and_up_to_two_more_are_not() -> None:
    boxed = [sum(actor.boxed for actor in actors) for actors in casts()]
    others = [sum(not actor.boxed for actor in actors) for actors in casts()]
    assert set(boxed) == {1, 2, 3, 4}
    assert set(others) == {0, 1, 2}


def test_something_always_moves() -> None:
    assert all(any(a.boxed and a.motion.kind != "rest" for a in actors) for actors in casts())
    kinds = {actor.motion.kind for actors in casts() for actor in actors}
    assert kinds == {"rest", "move", "enter", "leave"}


def test_only_boxed_objects_enter_or_leave() -> None:
    assert all(a.boxed or a.motion.kind in ("rest", "move") for actors in casts() for a in actors)


def test_sizes_fit_the_frame() -> None:
    longest = [max(actor.pixels.shape[:2]) for actors in casts() for actor in actors]
    assert min(longest) >= 6
    assert max(longest) <= HEIGHT * ASPECT
    assert max(longest) > 2 * min(longest)


def test_names_come_from_the_split_and_only_blobs_have_none() -> None:
    names = {sprite.name for sprite in library("heldout").sprites}
    drawn = [actor for actors in casts() for actor in actors]
    assert all((actor.label == "object") if actor.kind == "blob" else actor.label in names for actor in drawn)
    assert {actor.kind == "blob" for actor in drawn} == {True, False}


def test_without_blobs_there_are_none() -> None:
    source = library("heldout")
    for seed in range(15):
        rng = np.random.default_rng(seed)
        actors = cast(source, height=HEIGHT, frames=4, aspect=1.0, rng=rng, blobs=False)
        assert all(actor.kind != "blob" for actor in actors)


def test_shrinking_mixes_nothing_of_what_is_transparent_into_the_rim() -> None:
    pixels = np.full((90, 90, 4), (0, 255, 0, 0), np.uint8)
    cv2.circle(pixels, (45, 45), 40, (240, 230, 220, 255), -1)
    white = Library(
        sprites=(Sprite(name="moon", kind="thing", pixels=pixels),),
        backdrops=(Backdrop(place="a room", pixels=pixels[..., :3]),),
    )
    for seed in range(8):
        rng = np.random.default_rng(seed)
        for actor in cast(white, height=64, frames=2, aspect=1.0, rng=rng, blobs=False):
            rim = (actor.pixels[..., 3] > 30) & (actor.pixels[..., 3] < 225)
            assert rim.any()
            assert np.abs(actor.pixels[rim][:, :3].astype(int) - (240, 230, 220)).max() < 13
