from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from jaxtyping import Bool, Float, UInt8

from boximator.world import affine
from boximator.world.cast import Actor
from boximator.world.motion import CameraMotion, ObjectMotion
from boximator.world.render import (
    Drawn,
    actor_affines,
    draw,
    first_movers,
    flow_and_visibility,
    tight_boxes,
    view_affine,
)
from boximator.world.texture import texture

SIZE, FRAMES = (64, 96), 4
HEIGHT, WIDTH = SIZE
STILL = CameraMotion(offsets=np.zeros((FRAMES, 2)), zooms=np.ones(FRAMES))
TIMES = np.linspace(0, 1, FRAMES)[:, None]
MOVING = CameraMotion(offsets=TIMES * np.array([0.2, -0.1]), zooms=1.2 ** TIMES[:, 0])


def actor(
    *,
    start: tuple[float, float] = (0.45, 0.5),
    travel: tuple[float, float] = (0.6, 0.1),
    growth: tuple[float, float] = (1.0, 1.0),
    turn: float = 0.0,
    seed: int = 0,
) -> Actor:
    """A textured ellipse, 18 x 24 pixels."""
    pixels = np.dstack([texture((18, 24), rng=np.random.default_rng(seed)), np.zeros((18, 24), np.uint8)])
    alpha = np.zeros((18, 24), np.uint8)
    cv2.ellipse(alpha, (12, 9), (10, 7), 0, 0, 360, 255, -1)
    pixels[..., 3] = alpha
    motion = ObjectMotion(
        kind="move",
        centres=np.array(start) + TIMES * np.array(travel),
        scales=np.array(growth) ** TIMES,
        angles=turn * TIMES[:, 0],
    )
    return Actor(pixels=pixels, label="egg", kind="thing", motion=motion, boxed=True)


def backdrop() -> UInt8[np.ndarray, "h w 3"]:
    return texture((HEIGHT * 3 // 2, WIDTH * 3 // 2), rng=np.random.default_rng(7))


def places(
    actors: list[Actor], *, camera: CameraMotion
) -> tuple[list[affine.Affine], Float[np.ndarray, "f a 2 3"]]:
    views = [view_affine(camera, frame=t, size=SIZE) for t in range(FRAMES)]
    return views, actor_affines(actors, camera=camera, frames=FRAMES, size=SIZE)


def drawn(actors: list[Actor], *, camera: CameraMotion = STILL) -> Drawn:
    views, affines = places(actors, camera=camera)
    base = np.array([[1.0, 0, -WIDTH / 4], [0, 1.0, -HEIGHT / 4]])
    return draw(actors, backdrop=backdrop(), base=base, affines=affines, views=views, size=SIZE)


def extents(mask: Bool[np.ndarray, "h w"]) -> Float[np.ndarray, " 4"]:
    rows, columns = np.nonzero(mask)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], float)


@pytest.mark.parametrize("camera", [STILL, MOVING], ids=["still", "moving"])
@pytest.mark.parametrize(
    "one", [actor(), actor(growth=(1.6, 1.3)), actor(growth=(0.7, 0.7)), actor(turn=0.8)], ids=str
)
def test_boxes_are_the_extents_of_what_is_painted_within_a_pixel(one: Actor, camera: CameraMotion) -> None:
    _, affines = places([one], camera=camera)
    boxes = tight_boxes([one], affines=affines, size=SIZE)[:, 0] * np.array([WIDTH, HEIGHT, WIDTH, HEIGHT])
    owners = drawn([one], camera=camera).owners
    for t in range(FRAMES):
        np.testing.assert_allclose(boxes[t], extents(owners[t] == 0), atol=1.0)


def test_panning_right_moves_the_picture_left_and_zooming_in_spreads_it() -> None:
    centre = np.array([[WIDTH / 2, HEIGHT / 2]])
    pan = CameraMotion(offsets=TIMES * np.array([0.25, 0.0]), zooms=np.ones(FRAMES))
    moved = affine.apply(view_affine(pan, frame=FRAMES - 1, size=SIZE), points=centre)
    np.testing.assert_allclose(moved - centre, [[-0.25 * HEIGHT, 0]])
    zoom = CameraMotion(offsets=np.zeros((FRAMES, 2)), zooms=2.0 ** TIMES[:, 0])
    corner = affine.apply(view_affine(zoom, frame=FRAMES - 1, size=SIZE), points=centre + 5)
    np.testing.assert_allclose(corner, centre + 10)


def test_boxes_follow_the_camera() -> None:
    resting = actor(travel=(0.0, 0.0))
    pan = CameraMotion(offsets=TIMES * np.array([0.25, 0.0]), zooms=np.ones(FRAMES))
    _, affines = places([resting], camera=pan)
    boxes = tight_boxes([resting], affines=affines, size=SIZE)[:, 0]
    expected = [-0.25 * HEIGHT / WIDTH, 0, -0.25 * HEIGHT / WIDTH, 0]
    np.testing.assert_allclose(boxes[-1] - boxes[0], expected, atol=1e-6)


@pytest.mark.parametrize("camera", [STILL, MOVING], ids=["still", "moving"])
def test_flow_finds_the_pixels_of_frame_0_again(camera: CameraMotion) -> None:
    actors = [actor(growth=(1.3, 1.3), turn=0.3)]
    film = drawn(actors, camera=camera)
    views, affines = places(actors, camera=camera)
    flow, visibility = flow_and_visibility(film, affines=affines, views=views, stride=1)
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    rim = cv2.dilate((film.owners[0] == 0).astype(np.uint8), np.ones((5, 5), np.uint8)) != cv2.erode(
        (film.owners[0] == 0).astype(np.uint8), np.ones((5, 5), np.uint8)
    )
    for t in range(1, FRAMES):
        found = cv2.remap(film.frames[t], xs + flow[t, 0] * WIDTH, ys + flow[t, 1] * HEIGHT, cv2.INTER_LINEAR)
        for owner in (0, -1):
            asked = (film.owners[0] == owner) & (visibility[t] > 0) & ~rim
            error = found[asked].astype(float) - film.frames[0][asked]
            assert asked.sum() > 50
            assert 10 * np.log10(255**2 / (error**2).mean()) > 27


def test_what_is_covered_or_gone_is_not_visible() -> None:
    covered = actor(start=(1.0, 0.5), travel=(0.0, 0.0))
    passing = actor(start=(0.4, 0.5), travel=(0.6, 0.0), seed=1)
    views, affines = places([covered, passing], camera=STILL)
    film = drawn([covered, passing])
    _, visibility = flow_and_visibility(film, affines=affines, views=views, stride=1)
    first = film.owners[0] == 0
    assert first.any()
    assert visibility[0].min() == 1
    assert visibility[-1][first].max() == 0, "the passer-by stands in front of it"
    assert visibility[:, film.owners[0] == 1].mean() > 0.9, "all but its rim, which falls between pixels"
    leaving = actor(travel=(1.5, 0.0))
    views, affines = places([leaving], camera=STILL)
    _, visibility = flow_and_visibility(drawn([leaving]), affines=affines, views=views, stride=1)
    assert visibility[-1][drawn([leaving]).owners[0] == 0].max() == 0


def test_visibility_counts_the_ground_that_is_covered_later() -> None:
    film = drawn([actor()])
    views, affines = places([actor()], camera=STILL)
    _, visibility = flow_and_visibility(film, affines=affines, views=views, stride=1)
    for t in range(1, FRAMES):
        taken = (film.owners[t] == 0) & (film.owners[0] == -1)
        assert taken.any()
        assert visibility[t][taken].max() == 0
        assert visibility[t][(film.owners[t] == -1) & (film.owners[0] == -1)].min() == 1


def test_the_stride_picks_every_other_pixel() -> None:
    actors = [actor(turn=0.5)]
    film = drawn(actors, camera=MOVING)
    views, affines = places(actors, camera=MOVING)
    every, seen = flow_and_visibility(film, affines=affines, views=views, stride=1)
    second, seen_second = flow_and_visibility(film, affines=affines, views=views, stride=2)
    np.testing.assert_array_equal(second, every[:, :, 1::2, 1::2])
    np.testing.assert_array_equal(seen_second, seen[:, 1::2, 1::2])


def test_first_alphas_are_of_the_visible_part() -> None:
    behind, before = actor(travel=(0, 0)), actor(start=(0.55, 0.5), travel=(0, 0), seed=1)
    film = drawn([behind, before])
    alone = drawn([behind])
    assert np.array_equal(film.first_alphas[1] > 0.5, film.owners[0] == 1)
    assert film.first_alphas.sum(0).max() <= 1 + 1e-6
    assert film.first_alphas[0].sum() < 0.8 * alone.first_alphas[0].sum()


def test_what_is_wholly_outside_paints_nothing() -> None:
    outside = replace(actor(), motion=actor(start=(-3.0, 0.5), travel=(0, 0)).motion)
    film = drawn([outside])
    assert film.owners.max() == -1
    assert np.array_equal(film.frames, drawn([]).frames)


def test_round_a_thing_the_motion_is_the_things_up_to_the_edges_of_squares() -> None:
    one, other = actor(start=(0.45, 0.5)), actor(start=(1.2, 0.5), travel=(0.0, 0.3), seed=1)
    film = drawn([one, other])
    views, affines = places([one, other], camera=STILL)
    movers = first_movers([one, other], drawn=film, affines=affines, stride=1, spread=16)
    assert (movers[film.owners[0] >= 0] == film.owners[0][film.owners[0] >= 0]).all()
    box = tight_boxes([one], affines=affines[:1], size=SIZE)[0, 0] * np.array([WIDTH, HEIGHT, WIDTH, HEIGHT])
    inside = movers[int(box[1]) : int(box[3]), int(box[0]) : int(box[2])]
    assert (inside == 0).all(), "the whole box"
    columns = np.nonzero(movers == 0)[1]
    assert box[0] - 16 < columns.min() <= box[0]
    assert box[2] <= columns.max() + 1 < box[2] + 16
    assert columns.min() % 16 == 0 or columns.min() == int(box[0])
    flow, visible = flow_and_visibility(film, affines=affines, views=views, stride=1, movers=movers)
    plain, seen = flow_and_visibility(film, affines=affines, views=views, stride=1)
    assert np.array_equal(visible, seen), "what is seen of a pixel does not change"
    assert np.array_equal(flow[:, :, film.owners[0] == 0], plain[:, :, film.owners[0] == 0])
    around = (movers == 0) & (film.owners[0] != 0)
    assert around.sum() > 50
    np.testing.assert_allclose(
        flow[-1][:, around].mean(1), plain[-1][:, film.owners[0] == 0].mean(1), atol=1e-3
    )
    alone = first_movers([one, other], drawn=film, affines=affines, stride=1, spread=0)
    assert np.array_equal(alone, film.owners[0])
