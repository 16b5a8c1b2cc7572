from __future__ import annotations

import torch
from pocket_stand_ins import tiny_pocket
from tiny_stages import SomeWords, moving, picture

from boximator.bases.pocket_stage import PocketLevels, pocket_stage, pocket_words
from boximator.guidance.reference import cut_and_drag
from boximator.guidance.stage import Stage
from boximator.pocket.layout import PACK, STATE_CHANNELS
from boximator.pocket.pipeline import PocketPipeline
from boximator.pocket.schedule import sampling_times
from boximator.pocket.state import decode

SIDE = 64


def staged() -> Stage:
    pipe = PocketPipeline(tiny_pocket(), text_encoder=SomeWords())
    return pocket_stage(pipe, picture=picture(SIDE), steps=4)


def test_planes_are_the_later_frames_and_colours_alone_move() -> None:
    stage = staged()
    assert stage.shows == tuple(range(1, 16))
    assert stage.latents * PACK == 15
    assert len(stage.anchored) == STATE_CHANNELS
    assert (~stage.anchored).sum() == 3
    planes = torch.randn(stage.layout.unpack(torch.zeros(stage.shape)).shape)
    assert torch.equal(stage.layout.unpack(stage.layout.pack(planes)), planes)


def test_a_reference_moves_the_first_box_and_nothing_else() -> None:
    stage, wanted = staged(), moving(16)
    rows, columns = stage.grid
    state = stage.encode(cut_and_drag(picture(SIDE), plan=wanted))
    motion = decode(state, first=torch.zeros(1, 3, rows, columns))
    flow = motion.flow[0, -1]
    inside = torch.zeros(rows, columns, dtype=torch.bool)
    inside[rows // 4 : rows * 3 // 4, : columns // 2] = True
    assert torch.allclose(flow[0][inside], torch.tensor(0.5), atol=1e-5)
    assert torch.allclose(flow[1][inside], torch.tensor(0.25), atol=1e-5)
    assert not flow[:, ~inside].any()
    assert not motion.visible[0, -1, rows * 3 // 4 :, columns // 2 :].any(), "the box stands there"
    assert motion.visible[0, -1][inside].all()
    assert motion.visible[0, -1, : rows // 4].all()


def test_levels_are_the_samplers() -> None:
    levels = PocketLevels(steps=4)
    clean, noise = torch.zeros(1, 1, 1, 1, 1), torch.ones(1, 1, 1, 1, 1)
    seen = [float(levels.noised(clean, noise=noise, step=step)) for step in range(5)]
    assert seen == sampling_times(4).tolist()
    assert [levels.timestep(step) for step in range(5)] == [1000 * time for time in seen]


def test_words_are_found_as_the_base_reads_them() -> None:
    pipe = PocketPipeline(tiny_pocket(), text_encoder=SomeWords())
    words = pocket_words(pipe, prompt="a dog runs", labels=("dog", "a cat"))
    assert words.subjects == ((1,), (0,))
    assert words.used == 3
