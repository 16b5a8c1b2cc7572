from __future__ import annotations

import numpy as np

from boximator.data.clip_scene import clip_scene
from boximator.scene.plan import plan
from boximator.world.make import make_clip


def test_a_clips_scene_has_the_first_and_last_box_of_every_object() -> None:
    for seed in range(8):
        clip = make_clip(seed, split="heldout", size=(32, 48), frames=6)
        scene = clip_scene(clip, seed=seed)
        assert (scene.frames, scene.seed, scene.prompt) == (6, seed, clip.caption)
        assert [track.label for track in scene.tracks] == [label for label in clip.labels if label]
        asked = plan(scene)
        for slot in range(len(scene.tracks)):
            assert asked.hard[:, slot].tolist() == [True, False, False, False, False, True]
            np.testing.assert_allclose(asked.boxes[[0, -1], slot], clip.boxes[[0, -1], slot], atol=1e-6)
        assert not asked.present[:, len(scene.tracks) :].any()
