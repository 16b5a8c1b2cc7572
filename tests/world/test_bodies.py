from __future__ import annotations

import numpy as np
import pytest

from boximator.scene.box import clamp
from boximator.world.bodies import BodyClip, make_bodies
from boximator.world.body_caption import body_caption
from boximator.world.body_cast import bodies, looks
from boximator.world.body_looks import COLOURS, PATTERNS, surface
from boximator.world.body_shapes import SHAPES, Shape
from boximator.world.sheet import contact_sheet

SEEDS = (0, 4)


@pytest.fixture(scope="module")
def clips() -> list[BodyClip]:
    pytest.importorskip("pybullet", reason="it has ready-made builds for some Pythons only")
    return [make_bodies(seed, split="train", size=(64, 96), frames=6) for seed in SEEDS]


def test_same_seed_same_clip_and_another_seed_another(clips: list[BodyClip]) -> None:
    again = make_bodies(SEEDS[0], split="train", size=(64, 96), frames=6)
    assert np.array_equal(again.frames, clips[0].frames)
    assert np.array_equal(again.boxes, clips[0].boxes)
    assert again.caption == clips[0].caption
    assert not np.array_equal(clips[0].frames[0], clips[1].frames[0])


def test_boxes_are_tight_round_the_masks_and_no_smaller(clips: list[BodyClip]) -> None:
    """What others hide of a body belongs to its box too; half a pixel is what masks are exact to."""
    touched = 0
    for clip in clips:
        height, width = clip.size
        for t, mask in enumerate(clip.masks):
            for slot in np.flatnonzero(clip.present):
                rows, columns = np.nonzero(mask == slot + 1)
                if not len(rows):
                    continue
                seen = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
                box = clip.boxes[t, slot] * [width, height, width, height]
                assert (box[:2] <= seen[:2] + 0.51).all()
                assert (box[2:] >= seen[2:] - 0.51).all()
                touched += bool((np.abs(box - seen) <= 1).all())
    assert touched > 10, "most bodies are seen whole"


def test_boxes_are_in_the_frame_and_empty_slots_are_empty(clips: list[BodyClip]) -> None:
    for clip in clips:
        assert np.array_equal(clamp(clip.boxes), clip.boxes)
        assert (clip.boxes[..., 2:] >= clip.boxes[..., :2]).all()
        assert not clip.boxes[:, ~clip.present].any()
        assert not clip.inside[:, ~clip.present].any()
        assert [bool(label) for label in clip.labels] == clip.present.tolist()
        assert all(label in clip.caption for label in clip.labels)
    assert any(clip.moving.any() for clip in clips)


def test_bodies_can_be_shown_on_a_sheet(clips: list[BodyClip]) -> None:
    assert contact_sheet(clips).shape == (2 * (64 + 16), 5 * 96, 3)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_meshes_face_outwards(shape: Shape) -> None:
    mesh = shape.mesh()
    one, two, three = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    across = np.cross(two - one, three - one)
    full = np.linalg.norm(across, axis=-1) > 1e-9
    middle = (one + two + three) / 3
    assert full.any()
    assert ((across * middle).sum(-1)[full] > 0).all()
    assert ((across * mesh.normals[mesh.triangles].mean(1)).sum(-1)[full] > 0).all()
    assert ((mesh.places >= 0) & (mesh.places <= 1)).all()
    assert 0.9 < np.linalg.norm(mesh.vertices, axis=-1).max() < 1.35


def test_what_is_held_out_is_never_trained_on() -> None:
    train, heldout = (
        {(colour, shape.name) for colour, shape in looks(split)} for split in ("train", "heldout")
    )
    assert not train & heldout
    assert len(train | heldout) == len(COLOURS) * len(SHAPES)
    assert 0.15 < len(heldout) / len(train | heldout) < 0.25
    assert {shape for _, shape in heldout} == {shape.name for shape in SHAPES}


def test_casts_vary_and_something_moves() -> None:
    casts = [bodies(split="heldout", rng=np.random.default_rng(seed)) for seed in range(60)]
    assert {len(cast) for cast in casts} == {1, 2, 3, 4}
    assert {body.start for cast in casts for body in cast} == {"throw", "roll", "drop", "spin", "rest"}
    for cast in casts:
        assert any(body.start in ("throw", "roll", "drop") for body in cast)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_surfaces_have_the_colour_they_are_named_after(pattern: str) -> None:
    red = surface("red", pattern=pattern, rng=np.random.default_rng(0)).reshape(-1, 3).astype(int)
    assert (red[:, 0] > 1.5 * red[:, 1:].max(1)).mean() > 0.25


def test_captions_say_what_is_seen() -> None:
    cast = [b for b in bodies(split="train", rng=np.random.default_rng(5)) if b.start != "drop"][:1]
    boxes = np.zeros((2, 8, 4))
    boxes[:, 0] = [[0.1, 0.4, 0.2, 0.5], [0.6, 0.4, 0.8, 0.6]]
    said = body_caption(cast, boxes=boxes, aspect=1.0, camera_moves=True)
    assert cast[0].label in said
    assert "to the right" in said
    assert "comes closer" in said or cast[0].start in ("spin", "rest")
    assert said.endswith("the camera moves")
