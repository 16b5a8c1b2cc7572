"""Each exporter against the documented fields of its format."""

from __future__ import annotations

import io
import json
import pathlib
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import torch
from format_strategies import target

from boximator.formats.index import FORMATS, table
from boximator.formats.target import Film, Still
from boximator.scene.box import Box
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

ROOT = pathlib.Path(__file__).parents[2]
SCENE = Scene(
    frames=11,
    prompt="it goes",
    width=640,
    height=480,
    tracks=(
        Track(
            id=3,
            label="dog",
            keyframes=(
                Keyframe(frame=0, box=Box(0.1, 0.25, 0.2, 0.5)),
                Keyframe(frame=5, box=Box(0.6, 0.25, 0.7, 0.5)),
            ),
        ),
    ),
)


def data(name: str, file: str = "") -> bytes:
    content = FORMATS[name].write(target(SCENE, picture=True)).files[file]
    assert isinstance(content, bytes)
    return content


def film(name: str, file: str = "") -> np.ndarray:
    content = FORMATS[name].write(target(SCENE, picture=True)).files[file]
    assert isinstance(content, Film)
    return content.frames


def test_cvat() -> None:
    root = ET.fromstring(data("cvat"))
    assert root.findtext("version") == "1.1"
    assert root.findtext("meta/task/mode") == "interpolation"
    assert root.findtext("meta/task/original_size/width") == "640"
    boxes = root.findall("track/box")
    assert [(box.get("frame"), box.get("outside")) for box in boxes] == [("0", "0"), ("5", "0"), ("6", "1")]
    assert {"xtl", "ytl", "xbr", "ybr", "occluded", "keyframe"} <= set(boxes[0].keys())
    assert float(boxes[0].get("xtl", "")) == 64.0


def test_label_studio_counts_from_one_in_percent() -> None:
    region = json.loads(data("label-studio"))[0]["annotations"][0]["result"][0]
    assert region["type"] == "videorectangle"
    value = region["value"]
    assert value["framesCount"] == 11
    first, last = value["sequence"]
    assert (first["frame"], first["x"], first["width"], first["enabled"]) == (1, 10.0, 10.0, True)
    assert (last["frame"], last["enabled"]) == (6, False)


def test_mot() -> None:
    line = data("mot", "gt/gt.txt").decode().splitlines()[0].split(",")
    assert [float(value) for value in line] == [1, 3, 64, 120, 64, 120, 1, 1, 1]
    assert b"seqLength=11" in data("mot", "seqinfo.ini")


def test_coco_vid_and_tao() -> None:
    coco, tao = json.loads(data("coco-vid")), json.loads(data("tao"))
    assert coco["annotations"][0]["instance_id"] == tao["annotations"][0]["track_id"] == 3
    assert coco["annotations"][0]["bbox"] == [64.0, 120.0, 64.0, 120.0]
    assert coco["images"][4]["frame_id"] == tao["images"][4]["frame_index"] == 4
    assert tao["tracks"] == [{"id": 3, "category_id": 1, "video_id": 1}]


def test_scalabel_includes_the_last_pixel() -> None:
    label = json.loads(data("scalabel"))["frames"][0]["labels"][0]
    assert label["box2d"] == {"x1": 64.0, "y1": 120.0, "x2": 127.0, "y2": 239.0}
    assert label["category"] == "dog"


def test_sg_i2v() -> None:
    rows = np.load(io.BytesIO(data("sg-i2v", "traj.npy")))
    assert rows.shape == (1, 13, 2)
    assert rows[0, :3].tolist() == [[64, 120], [128, 240], [96, 180]]


def test_wan_move() -> None:
    tracks = np.load(io.BytesIO(data("wan-move", "tracks.npy")))
    seen = np.load(io.BytesIO(data("wan-move", "visibility.npy")))
    assert (tracks.shape, tracks.dtype, seen.shape, seen.dtype) == ((11, 5, 2), np.float32, (11, 5), np.bool_)
    assert tracks[0, 0].tolist() == [96, 180]
    assert seen[5].all()
    assert not seen[6:].any()


def test_ati_is_what_torch_loads() -> None:
    content = torch.load(io.BytesIO(data("ati")), weights_only=True)
    with np.load(io.BytesIO(content)) as arrays:
        rows = arrays["array"]
    assert rows.shape == (5, 121, 1, 3)
    assert (rows[0, 0, 0] / 8).tolist() == [96, 180, 1]
    assert rows[0, -1, 0, 2] == 0


def test_kjnodes() -> None:
    tracks = json.loads(data("kjnodes"))
    assert len(tracks) == 1
    assert len(tracks[0]) == 11
    assert tracks[0][0] == {"x": 96.0, "y": 180.0}


def test_vace_draws_black_on_white() -> None:
    frames = film("vace")
    assert frames.shape == (11, 480, 640, 3)
    assert (frames[0, 180, 64] == 0).all()
    assert (frames[0, 180, 96] == 255).all()
    assert (frames[8] == 255).all()


def test_magicmotion_fills_the_first_frame_and_outlines_the_rest() -> None:
    frames = film("magicmotion")
    assert frames[0, 180, 96].tolist() == [255, 0, 0]
    assert frames[1, 180, 96 + 64].tolist() == [0, 0, 0]
    assert (frames[1] == [255, 0, 0]).all(axis=-1).any()


def test_ttm_moves_the_piece_and_fills_the_hole() -> None:
    written = FORMATS["ttm"].write(target(SCENE, picture=True))
    ground = written.files["first_frame.png"]
    assert isinstance(ground, Still)
    frames, mask = film("ttm", "motion_signal.mp4"), film("ttm", "mask.mp4")
    assert (frames[0] == ground.pixels).all()
    assert (frames[5, 120:240, 384:448] == ground.pixels[120:240, 64:128]).all()
    assert not (frames[5, 120:240, 64:128] == ground.pixels[120:240, 64:128]).all()
    assert (mask[5, 120:240, 384:448] == 255).all()
    assert mask[5].sum() == 3 * 255 * 120 * 64
    assert written.files["prompt.txt"] == b"it goes\n"


def test_ttm_wants_a_picture() -> None:
    with pytest.raises(Problem, match="--picture"):
        FORMATS["ttm"].write(target(SCENE))


def test_the_table_in_the_docs_is_this_one() -> None:
    assert table() in (ROOT / "docs/formats.md").read_text(encoding="utf-8")
