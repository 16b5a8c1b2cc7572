"""The studio's job function on a tiny base: steps and previews on the way, files at the end, the same video again."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image
from pocket_stand_ins import Words, tiny_pocket
from studio_stand_ins import png, scene

from boximator.export import read_recipe
from boximator.generation import Engine
from boximator.pocket.pipeline import PocketPipeline
from boximator.provenance.verify import Verdict, verify_bytes
from boximator.scene.embedded import embedded_bytes
from boximator.studio.engine import Cancelled, Output, Task
from boximator.studio.generate import generate
from boximator.studio.result_store import FILES, FRAME
from boximator.studio.wire import Seen, Settings
from boximator.training.weights import fresh_adapter


class Notes:
    """A watch that notes the steps, and stops at one of them."""

    def __init__(self, *, stop_at: int | None = None) -> None:
        self.steps: list[tuple[int, int, bytes | None]] = []
        self._stop_at = stop_at

    def step(self, done: int, *, of: int, preview: bytes | None = None) -> None:
        self.steps.append((done, of, preview))
        if done == self._stop_at:
            raise Cancelled


@pytest.fixture(scope="module")
def engine() -> Engine:
    base = tiny_pocket()
    return Engine(PocketPipeline(base, text_encoder=Words()), adapter=fresh_adapter(base, seed=0))


def task(picture: bytes, *, last: bytes | None = None, transport: bool = True, **fields: object) -> Task:
    told = json.dumps(scene("a" * 22, last_picture=None if last is None else "b" * 22, **fields))
    settings = Settings(steps=3, transport=transport)
    return Task(
        job="j", attempt=1, scene=told, settings=settings, base="pocket", picture=picture, last_picture=last
    )


@pytest.fixture(scope="module")
def output(engine: Engine) -> Output:
    return generate(engine, task=task(png((1600, 1201), kind="JPEG"), seed=5), watch=Notes())


def test_every_step_is_told_with_a_small_picture(engine: Engine) -> None:
    notes = Notes()
    generate(engine, task=task(png()), watch=notes)
    assert [(done, of) for done, of, _ in notes.steps] == [(1, 3), (2, 3), (3, 3), (3, 3)]
    for _, _, preview in notes.steps[:3]:
        assert preview is not None
        assert Image.open(io.BytesIO(preview)).size == (256, 192)


def test_it_stops_at_the_step_where_it_is_told_to(engine: Engine) -> None:
    notes = Notes(stop_at=2)
    with pytest.raises(Cancelled):
        generate(engine, task=task(png()), watch=notes)
    assert [done for done, _, _ in notes.steps] == [1, 2]


def test_the_files_are_all_there_and_as_said(output: Output) -> None:
    assert (output.frames, output.width, output.height, output.fps) == (8, 1024, 768, 8)
    assert set(output.files) == {*FILES.values(), *(FRAME.format(index=index) for index in range(8))}
    frame = Image.open(io.BytesIO(output.files[FRAME.format(index=7)]))
    assert (frame.format, frame.size) == ("WEBP", (1024, 768))
    assert verify_bytes(output.files[FRAME.format(index=7)], name="7.webp").verdict is Verdict.INTACT
    assert output.files["video.mp4"][4:8] == b"ftyp"
    assert output.files["video.gif"].startswith(b"GIF")


def test_the_json_makes_the_same_video_again(
    engine: Engine, output: Output, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("again") / "recipe.json"
    path.write_bytes(output.files["recipe.json"])
    recipe = read_recipe(path)
    assert recipe is not None
    assert recipe.scene.picture is not None
    picture = embedded_bytes(recipe.scene.picture)
    again = generate(engine, task=task(picture, seed=recipe.scene.seed), watch=Notes())
    digests = [json.loads(made.files["recipe.json"])["sha256"] for made in (again, output)]
    assert digests[0] == digests[1]


def test_how_well_it_obeys_is_measured_in_the_frames(engine: Engine, output: Output) -> None:
    assert output.seen == ()  # the picture is plain: nothing in it can be found again
    noise = np.random.default_rng(0).integers(0, 255, (192, 256, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, format="PNG")
    looked = generate(engine, task=task(stream.getvalue()), watch=Notes()).seen
    assert looked is not None
    (seen,) = (Seen.model_validate(one) for one in looked)
    assert (seen.id, len(seen.boxes), len(seen.iou)) == (1, 8, 8)
    assert seen.iou[0] == pytest.approx(1.0, abs=0.1)
    assert seen.mean_iou is not None


def test_a_last_picture_is_passed_on(engine: Engine) -> None:
    first, last = png(), png(colour="red")
    with_last, without = (
        generate(engine, task=task(first, last=given, transport=False), watch=Notes()).files[
            FRAME.format(index=7)
        ]
        for given in (last, None)
    )
    assert not np.array_equal(
        np.asarray(Image.open(io.BytesIO(with_last))), np.asarray(Image.open(io.BytesIO(without)))
    )
