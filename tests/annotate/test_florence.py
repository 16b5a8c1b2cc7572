"""Florence-2 with tiny random weights, and with answers put into its mouth: how it is asked, and what is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from boximator.annotate.detection import Frame
from boximator.annotate.detectors import check_detector, load_detector
from boximator.annotate.florence import Florence, load_florence
from boximator.scene.problem import Problem

SIDE = 64


def tiny(folder: Path) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    signs = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", *letters, *"<>?.:,\u0120"]
    tokenizer: Any = transformers.BartTokenizer(
        vocab={sign: number for number, sign in enumerate(signs)}, merges=[],
        extra_special_tokens={"image_token": "<image>"},
    )  # fmt: skip
    tokenizer.add_special_tokens({"additional_special_tokens": [f"<loc_{place}>" for place in range(1000)]})
    pictures: Any = transformers.CLIPImageProcessorPil(
        size={"height": SIDE, "width": SIDE}, do_center_crop=False
    )
    pictures.image_seq_length = 5
    config = transformers.Florence2Config(
        text_config={
            "model_type": "bart", "vocab_size": len(tokenizer), "d_model": 16, "encoder_layers": 1,
            "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 16,
            "decoder_ffn_dim": 16, "max_position_embeddings": 512, "pad_token_id": 1, "bos_token_id": 0,
            "eos_token_id": 2, "decoder_start_token_id": 2,
        },
        vision_config={
            "depths": [1, 1], "patch_size": [7, 3], "patch_stride": [16, 2], "patch_padding": [3, 1],
            "patch_prenorm": [False, True], "embed_dim": [8, 16], "num_heads": [1, 2], "num_groups": [1, 2],
            "window_size": 2, "projection_dim": 16,
        },
        image_token_id=tokenizer.image_token_id,
    )  # fmt: skip
    transformers.Florence2ForConditionalGeneration(config).save_pretrained(folder)
    transformers.Florence2Processor(
        image_processor=pictures, tokenizer=tokenizer,
        post_processor_config={"description_with_bboxes": {}, "phrase_grounding": {}, "pure_text": {}},
    ).save_pretrained(folder)  # fmt: skip


@pytest.fixture(scope="module")
def florence(tmp_path_factory: pytest.TempPathFactory) -> Florence:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("florence")
    tiny(folder)
    loaded = load_detector(f"florence-2:{folder}", least=0.4)
    assert isinstance(loaded, Florence)
    return loaded


def picture() -> Frame:
    return np.random.default_rng(0).integers(0, 255, (48, 80, 3)).astype(np.uint8)


class Says:
    """In place of the network: writes down what it is asked, and answers in turn."""

    device = "cpu"

    def __init__(self, florence: Florence, *answers: str) -> None:
        self.tokenizer = florence.processor.tokenizer
        self.answers = list(answers)
        self.asked: list[str] = []

    def generate(self, *, input_ids: torch.Tensor, **_: Any) -> torch.Tensor:
        text = self.tokenizer.decode(input_ids[0], skip_special_tokens=True)
        self.asked.append(" ".join(text.split()))
        return self.tokenizer(self.answers.pop(0), return_tensors="pt").input_ids


def test_random_weights_answer_something(florence: Florence) -> None:
    assert florence.names is None
    for wanted in (None, ("red car", "dog")):
        found = florence.detect([picture(), picture()], wanted=wanted)
        assert len(found) == 2
        assert found[0] == found[1]
    assert florence.caption(picture()) == florence.caption(picture())


def test_each_phrase_is_asked_for_by_itself_and_keeps_its_name(florence: Florence) -> None:
    model = Says(
        florence,
        "car<loc_100><loc_250><loc_500><loc_750><loc_600><loc_0><loc_999><loc_500>",
        "nothing of it",
    )
    (found,) = Florence(model, florence.processor).detect([picture()], wanted=("red car", "dog"))
    assert model.asked[0].endswith("in the caption: red car")
    assert model.asked[1].endswith("in the caption: dog")
    assert [one.label for one in found] == ["red car", "red car"]
    assert found[0].box == pytest.approx((0.1, 0.25, 0.5, 0.75), abs=0.02)
    assert found[1].box == pytest.approx((0.6, 0, 1, 0.5), abs=0.02)


def test_without_phrases_all_it_knows_is_asked_for(florence: Florence) -> None:
    model = Says(florence, "dog<loc_0><loc_0><loc_500><loc_500>cat<loc_500><loc_500><loc_900><loc_900>")
    (found,) = Florence(model, florence.processor).detect([picture()], wanted=None)
    assert [one.label for one in found] == ["dog", "cat"]
    assert Florence(model, florence.processor).detect([picture()], wanted=()) == [[]]


def test_it_says_what_a_frame_shows(florence: Florence) -> None:
    model = Says(florence, "a dog runs ")
    assert Florence(model, florence.processor).caption(picture()) == "a dog runs"


def test_a_folder_without_weights_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be loaded as Florence-2"):
        load_florence(str(tmp_path))
    with pytest.raises(Problem, match='The detector is "florence-2"'):
        check_detector("florence-2")
