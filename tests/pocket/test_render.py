from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from jaxtyping import Float32, UInt8
from pocket_fields import LATER, PANNING, SIDE, Thing, field, grid, seen

from boximator.pocket.claim import Claimed
from boximator.pocket.cutout import cut_outs
from boximator.pocket.layers import Layers, find_layers
from boximator.pocket.motion import MotionArrays
from boximator.pocket.refit import exact_layers
from boximator.pocket.render import render, render_colour
from boximator.scene.plan import ControlPlan
from boximator.world.make import make_clip
from boximator.world.texture import texture

THING = Thing(centre=(0.3, 0.4), radii=(0.15, 0.2), travel=(0.4, 0.1))
PHOTO = 160


def shrunk(frame: np.ndarray) -> Float32[np.ndarray, "rows columns 3"]:
    return cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def background() -> UInt8[np.ndarray, "h w 3"]:
    grain = cv2.GaussianBlur(np.random.default_rng(1).normal(0, 1, (PHOTO, PHOTO)), (0, 0), 2)[..., None]
    return np.clip(np.array([60, 110, 180]) + 80 * grain, 0, 255).astype(np.uint8)


def photo() -> UInt8[np.ndarray, "h w 3"]:
    picture = background()
    picture[THING.covers(grid(PHOTO))] = (200, 70, 40)
    return picture


def moving() -> MotionArrays:
    """What a perfect model says of the thing's way over the still background."""
    colour = np.repeat(shrunk(background())[None], LATER, axis=0)
    for t, maps in enumerate(THING.maps):
        moved = Thing(centre=tuple(maps @ np.array([*THING.centre, 1])), radii=THING.radii, travel=(0, 0))
        fine = moved.covers(grid(SIDE * 4)).astype(np.float32)
        share = cv2.resize(fine, (SIDE, SIDE), interpolation=cv2.INTER_AREA)[..., None]
        colour[t] += share * (np.array([200, 70, 40], np.float32) / 255 - colour[t])
    return MotionArrays(colour=colour, flow=field([THING]), visible=seen())


def still(picture: np.ndarray) -> MotionArrays:
    return MotionArrays(
        colour=np.repeat(shrunk(picture)[None], LATER, axis=0),
        flow=np.zeros((LATER, 2, SIDE, SIDE), np.float32),
        visible=seen(),
    )


def unclaimed(layers: Layers) -> Claimed:
    return Claimed(layers=layers, wishes=(None,) * len(layers.objects))


def psnr(first: np.ndarray, second: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(1e-9, np.square(first.astype(float) - second).mean())))


def test_no_motion_is_the_photograph_in_every_frame() -> None:
    picture = photo()
    frames = render(picture, motion=still(picture))
    assert frames.shape == (LATER + 1, PHOTO, PHOTO, 3)
    assert all(np.array_equal(frame, picture) for frame in frames)


def test_a_thing_goes_its_way_and_leaves_no_ghost() -> None:
    frames = render(photo(), motion=moving())
    assert np.array_equal(frames[0], photo())
    end = Thing(
        centre=(THING.centre[0] + THING.travel[0], THING.centre[1] + THING.travel[1]),
        radii=THING.radii,
        travel=(0, 0),
    )
    wanted = background()
    wanted[end.covers(grid(PHOTO))] = (200, 70, 40)
    assert psnr(frames[-1], wanted) > 24
    old = THING.covers(grid(PHOTO)) & ~end.covers(grid(PHOTO))
    assert np.abs(frames[-1][old].astype(float) - background()[old]).mean() < 12
    far = ~cv2.dilate(
        (THING.covers(grid(PHOTO)) | end.covers(grid(PHOTO))).astype(np.uint8), np.ones((25, 25), np.uint8)
    ).astype(bool)
    assert np.array_equal(frames[-1][far], photo()[far])


def test_cut_outs_hold_the_photographs_own_pixels() -> None:
    motion = moving()
    things, together = cut_outs(
        photo(),
        claims=unclaimed(find_layers(motion.flow, visible=motion.visible)),
        flow=motion.flow,
    )
    assert len(things) == 1
    solid = things[0].pixels[..., 3] == 1
    assert np.array_equal(things[0].pixels[solid][:, :3], photo()[solid].astype(np.float32))
    assert np.array_equal(things[0].pixels[..., 3], together)


def test_a_camera_move_carries_the_whole_photograph() -> None:
    picture = texture((PHOTO, PHOTO), rng=np.random.default_rng(4))
    motion = MotionArrays(colour=still(picture).colour, flow=field([], ground=PANNING), visible=seen())
    colour = np.stack(
        [
            shrunk(cv2.warpAffine(picture, _pixels(maps), (PHOTO, PHOTO), borderMode=cv2.BORDER_REFLECT_101))
            for maps in PANNING.maps
        ]
    )
    frames = render(picture, motion=MotionArrays(colour=colour, flow=motion.flow, visible=motion.visible))
    wanted = cv2.warpAffine(
        picture, _pixels(PANNING.maps[-1]), (PHOTO, PHOTO), borderMode=cv2.BORDER_REFLECT_101
    )
    inside = slice(PHOTO // 6, -PHOTO // 6)
    assert psnr(frames[-1][inside, inside], wanted[inside, inside]) > 26


def _pixels(maps: np.ndarray) -> np.ndarray:
    shift = PHOTO * maps[:, 2] + maps[:, :2] @ np.array([0.5, 0.5]) - 0.5
    return np.concatenate([maps[:, :2], shift[:, None]], axis=1)


def test_what_comes_in_over_the_border_is_taken_from_the_model() -> None:
    picture = background()
    motion = still(picture)
    motion.colour[-1, 10:20, 24:] = (0.9, 0.9, 0.1)
    frames = render(picture, motion=motion)
    assert np.array_equal(frames[-2], picture)
    scale = PHOTO // SIDE
    inside = frames[-1][12 * scale : 18 * scale, 26 * scale :].reshape(-1, 3).mean(0)
    np.testing.assert_allclose(inside, [229.5, 229.5, 25.5], atol=6)
    assert np.array_equal(frames[-1][:, : 20 * scale], picture[:, : 20 * scale])


@pytest.mark.parametrize(
    ("seed", "least"), [(1, 34), (6, 28), (10, 38)], ids=["two things", "four that overlap", "one"]
)
def test_true_motion_of_a_held_out_clip_gives_the_clip_back(seed: int, least: float) -> None:
    clip = make_clip(seed, split="heldout")
    motion = MotionArrays(
        colour=np.stack([shrunk(frame) for frame in clip.frames[1:]]),
        flow=clip.flow[1:].reshape(LATER, 2, SIDE, 4, SIDE, 4).mean((3, 5)),
        visible=clip.visibility[1:].reshape(LATER, SIDE, 4, SIDE, 4).mean((2, 4)),
    )
    assert psnr(render(clip.frames[0], motion=motion)[1:], clip.frames[1:]) > least


def test_the_models_own_colours_can_be_looked_at() -> None:
    motion = moving()
    frames = render_colour(photo(), motion=motion)
    assert np.array_equal(frames[0], photo())
    for t in (1, LATER):
        np.testing.assert_allclose(shrunk(frames[t]), motion.colour[t - 1], atol=0.06)


def at_the_end(frames: np.ndarray) -> float:
    """How far the thing in the last frame is from where its motion leads, in dB, inside its outline."""
    end = Thing(
        centre=(THING.centre[0] + THING.travel[0], THING.centre[1] + THING.travel[1]),
        radii=(0.9 * THING.radii[0], 0.9 * THING.radii[1]),
        travel=(0, 0),
    )
    inside = end.covers(grid(PHOTO))
    return psnr(frames[-1][inside], np.broadcast_to(np.array([200, 70, 40]), (int(inside.sum()), 3)))


def stuck(motion: MotionArrays) -> MotionArrays:
    """The same motion with the first picture's colours throughout."""
    return replace(motion, colour=np.repeat(shrunk(photo())[None], LATER, axis=0))


def test_colours_that_contradict_the_photograph_are_not_believed() -> None:
    assert at_the_end(render(photo(), motion=stuck(moving()))) > 30


def test_colours_of_a_noisy_motion_correct_nothing() -> None:
    """With noise in the motion the frames are the same whether the colours follow the thing or stay behind."""
    motion = moving()
    noise = np.random.default_rng(0).normal(0, 0.006, motion.flow.shape).astype(np.float32)
    noisy = replace(motion, flow=motion.flow + noise)
    assert np.array_equal(render(photo(), motion=noisy), render(photo(), motion=stuck(noisy)))


def test_a_thing_that_is_held_to_other_boxes_is_not_corrected_to_where_the_colours_show_it() -> None:
    short = 0.06  # of the frame: how far before its end the box holds the thing
    first = np.array([*THING.centre, *THING.centre]) + np.array([-1, -1, 1, 1]) * [*THING.radii, *THING.radii]
    way = np.array([THING.travel[0] - short, THING.travel[1]] * 2)
    boxes = np.zeros((LATER + 1, 8, 4), np.float32)
    boxes[:, 0] = first + np.linspace(0, 1, LATER + 1)[:, None] * way
    hard, present = np.zeros((2, LATER + 1, 8), bool)
    hard[[0, -1], 0], present[:, 0] = True, True
    plan = ControlPlan(boxes=boxes, hard=hard, present=present, colours=np.zeros((8, 3), np.float32))
    own = THING.covers(grid(SIDE * 4)).reshape(SIDE, 4, SIDE, 4).mean((1, 3)).astype(np.float32)
    motion = replace(moving(), thing=np.repeat(own[None], LATER, axis=0))
    free, held = (render(photo(), motion=motion, boxes=plan, hold=hold)[-1] for hold in (False, True))
    edge = round((THING.centre[0] + THING.travel[0] + THING.radii[0] - short / 2) * PHOTO)
    row = round((THING.centre[1] + THING.travel[1]) * PHOTO)
    assert free[row, edge - 2 : edge + 2, 0].mean() > 180
    assert held[row, edge - 2 : edge + 2, 0].mean() < 100, "of the thing nothing is left beyond its box"


def test_a_thing_passes_behind_what_rests_in_front_of_it() -> None:
    post = Thing(centre=(0.62, 0.47), radii=(0.07, 0.3), travel=(0, 0))
    picture = photo()
    picture[post.covers(grid(PHOTO))] = (40, 200, 60)
    motion = moving()
    standing = cv2.resize(
        post.covers(grid(SIDE * 4)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA
    )
    green = np.array([40, 200, 60], np.float32) / 255
    colour = motion.colour + standing[..., None] * (green - motion.colour)
    visible = seen()
    own = THING.covers(grid(SIDE))
    for t, maps in enumerate(THING.maps):
        visible[t][own] = ~post.covers(grid(SIDE)[own] @ maps[:, :2].T + maps[:, 2])
    frames = render(picture, motion=replace(motion, colour=colour, visible=visible))
    inside = Thing(centre=post.centre, radii=(0.05, 0.25), travel=(0, 0)).covers(grid(PHOTO))
    layers = exact_layers(motion.flow, visible=visible)
    assert layers is not None
    _, leaving = cut_outs(picture, claims=unclaimed(layers), flow=motion.flow)
    assert leaving[inside].max() == 0, "what rests is not filled in"
    assert np.abs(frames[9][inside].astype(int) - picture[inside]).mean() < 4
