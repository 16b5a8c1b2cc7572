"""Detectors that take any words, with tiny random weights: what they find is noise, how they are asked is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from transformers import BertConfig, BertTokenizer, CLIPTokenizer, SwinConfig

from boximator.annotate.detection import Frame
from boximator.annotate.detectors import check_detector, load_detector
from boximator.annotate.open_words import OpenWords
from boximator.scene.problem import Problem

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", "small", "puppy", "red", "car")


def grounding_dino(folder: Path) -> None:
    config = transformers.GroundingDinoConfig(
        backbone_config=SwinConfig(
            image_size=64, embed_dim=8, depths=[1] * 4, num_heads=[1, 1, 2, 2], window_size=4,
            out_indices=[2, 3, 4],  # pyright: ignore[reportCallIssue]
        ),
        text_config=BertConfig(
            vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
        ),
        d_model=64, encoder_layers=1, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=16, decoder_ffn_dim=16, num_queries=5,
    )  # fmt: skip
    vocabulary = folder / "words.txt"
    vocabulary.write_text("\n".join(WORDS), encoding="utf-8")
    processor = transformers.GroundingDinoProcessor(
        image_processor=transformers.GroundingDinoImageProcessorPil(
            size={"shortest_edge": 96, "longest_edge": 160}
        ),
        tokenizer=BertTokenizer(vocab=str(vocabulary)),
    )
    transformers.GroundingDinoForObjectDetection(config).save_pretrained(folder)
    processor.save_pretrained(folder)


def owlv2(folder: Path) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    signs = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    tokenizer = CLIPTokenizer(vocab={sign: number for number, sign in enumerate(signs)}, merges=[])
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = transformers.Owlv2Config(
        text_config=small
        | {"vocab_size": len(signs), "max_position_embeddings": 16, "bos_token_id": 52, "eos_token_id": 53},
        vision_config=small | {"image_size": 64, "patch_size": 16},
        projection_dim=16,
    )
    tokenizer.model_max_length = 16
    processor = transformers.Owlv2Processor(
        image_processor=transformers.Owlv2ImageProcessorPil(size={"height": 64, "width": 64}),
        tokenizer=tokenizer,
    )
    transformers.Owlv2ForObjectDetection(config).save_pretrained(folder)
    processor.save_pretrained(folder)


MAKERS = {"grounding-dino": grounding_dino, "owlv2": owlv2}


@pytest.fixture(scope="module", params=list(MAKERS))
def detector(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OpenWords:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("open")
    MAKERS[request.param](folder)
    loaded = load_detector(f"{request.param}:{folder}", least=0.0)
    assert isinstance(loaded, OpenWords)
    return loaded


def picture() -> Frame:
    return np.random.default_rng(0).integers(0, 255, (48, 80, 3)).astype(np.uint8)


def test_boxes_lie_in_the_picture_and_are_called_as_they_were_asked_for(detector: OpenWords) -> None:
    found = detector.detect([picture(), picture()], wanted=("small puppy", "red car"))
    assert len(found) == 2
    assert found[0] == found[1]
    assert {thing.label for thing in found[0]} <= {"small puppy", "red car"}
    assert found[0], "with no least score something is always found"
    for thing in found[0]:
        x0, y0, x1, y1 = thing.box
        assert 0 <= x0 <= x1 <= 1
        assert 0 <= y0 <= y1 <= 1


def test_without_words_there_is_nothing_to_look_for(detector: OpenWords) -> None:
    assert detector.names is None
    assert detector.detect([picture()], wanted=()) == [[]]
    with pytest.raises(Problem, match="Nothing to look for is named"):
        detector.detect([picture()], wanted=None)


def test_a_folder_without_weights_is_told(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be loaded as owlv2"):
        load_detector(f"owlv2:{tmp_path}", least=0.1)
    with pytest.raises(Problem, match='The detector is "owlv2"'):
        check_detector("owlv2")
