"""SAM 2 as a tracker: with tiny random weights for the calls, with a stand-in that sees colours for the boxes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from boximator.annotate.detection import Detection, Frame
from boximator.annotate.sam2 import Sam2
from boximator.annotate.trackers import ByBoxes, check_tracker, load_tracker
from boximator.scene.problem import Problem

SIDE = 64
RED, BLUE = (255, 0, 0), (0, 0, 255)


def film() -> list[Frame]:
    """Five frames of 60 x 80: a red square goes right by 10 pixels a frame, a blue one stands still."""
    frames = np.full((5, 60, 80, 3), 30, np.uint8)
    for index, frame in enumerate(frames):
        frame[10:30, 10 * index : 10 * index + 20] = RED
        frame[40:56, 60:76] = BLUE
    return list(frames)


def red(index: int, *, score: float = 0.9) -> Detection:
    return Detection(box=(index / 8, 1 / 6, (index + 2) / 8, 0.5), score=score, label="brick")


def blue(*, score: float = 0.9) -> Detection:
    return Detection(box=(0.75, 40 / 60, 0.95, 56 / 60), score=score, label="book")


class SeesColours:
    """In place of SAM 2: a thing is where the colour is that lies in the middle of its box."""

    config = SimpleNamespace(image_size=SIDE)
    device = torch.device("cpu")

    def __init__(self) -> None:
        self.starts: list[int] = []

    def propagate_in_video_iterator(
        self, session: Any, *, start_frame_idx: int, reverse: bool
    ) -> Iterator[Any]:
        self.starts.append(start_frame_idx)
        ids = session.obj_with_new_inputs
        colours: list[int] = []
        for number in ids:
            told = session.point_inputs_per_obj[session.obj_id_to_idx(number)][start_frame_idx]
            assert told["point_labels"].flatten().tolist() == [2, 3]
            x, y = told["point_coords"].reshape(2, 2).mean(dim=0).long().tolist()
            colours.append(int(session.get_frame(start_frame_idx)[:, y, x].argmax()))
        order = range(start_frame_idx, -1, -1) if reverse else range(start_frame_idx, session.num_frames)
        for frame in order:
            pixels = session.get_frame(frame)
            masks = torch.stack([(pixels.argmax(0) == colour) & (pixels[colour] > 0) for colour in colours])
            yield SimpleNamespace(
                frame_idx=frame, object_ids=ids, pred_masks=masks[:, None].float() * 20 - 10
            )


def test_a_thing_that_was_found_once_is_followed_to_both_ends() -> None:
    model = SeesColours()
    found = [[], [], [red(2), blue()], [], []]
    one, other = Sam2(model).things(found, frames=film())
    assert model.starts == [2, 2]  # both in one run, forwards and backwards
    assert (one.label, other.label) == ("brick", "book")
    for index, box in enumerate(one.boxes):
        assert box == pytest.approx(red(index).box, abs=0.03)
    assert other.boxes[4] == pytest.approx(blue().box, abs=0.03)
    assert one.seen.all()
    assert not one.lost


def test_it_is_shown_where_it_is_surest_and_doubles_are_dropped() -> None:
    model = SeesColours()
    # The detector loses the brick, and finds it again as another thing.
    found = [
        [red(0, score=0.5)],
        [red(1, score=0.95)],
        [],
        [],
        [Detection((0.5, 0.17, 0.74, 0.5), 0.6, "cup")],
    ]
    (only,) = Sam2(model).things(found, frames=film())
    assert model.starts == [1, 1, 4, 4]
    assert only.label == "brick"
    assert Sam2(model).things([[]] * 5, frames=film()) == []


def tiny(folder: Path) -> None:
    backbone = transformers.Sam2HieraDetConfig(
        hidden_size=8, num_attention_heads=1, image_size=[SIDE, SIDE], blocks_per_stage=[1, 1, 2, 1],
        embed_dim_per_stage=[8, 16, 32, 64], num_attention_heads_per_stage=[1, 1, 2, 2],
        window_size_per_stage=[8, 4, 4, 2], global_attention_blocks=[3],
        window_positional_embedding_background_size=[2, 2],
    )  # fmt: skip
    vision = transformers.Sam2VisionConfig(
        backbone_config=backbone, backbone_channel_list=[64, 32, 16, 8], fpn_hidden_size=128,
        backbone_feature_sizes=[[16, 16], [8, 8], [4, 4]],
    )  # fmt: skip
    decoder = {"hidden_size": 128, "mlp_dim": 16, "num_attention_heads": 2, "iou_head_hidden_dim": 16}
    config = transformers.Sam2VideoConfig(
        vision_config=vision, image_size=SIDE, mask_decoder_config=decoder,
        prompt_encoder_config={"hidden_size": 128, "image_size": SIDE, "patch_size": 16, "mask_input_channels": 4},
        memory_attention_hidden_size=128, memory_attention_num_layers=1,
        memory_attention_feed_forward_hidden_size=16, memory_attention_rope_feat_sizes=[4, 4],
        memory_encoder_hidden_size=128, memory_encoder_output_channels=64, mask_downsampler_embed_dim=128,
        memory_fuser_embed_dim=128, memory_fuser_intermediate_dim=16, memory_fuser_num_layers=1,
    )  # fmt: skip
    transformers.Sam2VideoModel(config).save_pretrained(folder)


def test_random_weights_give_boxes_in_the_frame(tmp_path: Path) -> None:
    torch.manual_seed(0)
    tiny(tmp_path)
    tracker = load_tracker(f"sam2:{tmp_path}")
    found = [[], [blue()], [red(2), blue()], [red(3)], []]
    things = tracker.things(found, frames=film())
    assert 1 <= len(things) <= 2
    for thing in things:
        assert thing.boxes.shape == (5, 4)
        assert ((thing.boxes >= 0) & (thing.boxes <= 1)).all()
        assert (thing.boxes[:, :2] <= thing.boxes[:, 2:]).all()
    again = load_tracker(f"sam2:{tmp_path}").things(found, frames=film())
    assert [thing.boxes.tolist() for thing in again] == [thing.boxes.tolist() for thing in things]


def test_trackers_have_names(tmp_path: Path) -> None:
    assert isinstance(load_tracker("norfair"), ByBoxes)
    for name in ("sam2", "norfair:x", "sort"):
        with pytest.raises(Problem, match="The tracker is"):
            check_tracker(name)
    with pytest.raises(Problem, match="cannot be loaded as SAM 2"):
        load_tracker(f"sam2:{tmp_path}")
