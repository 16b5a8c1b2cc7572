"""The client against a real service on a real port; the example script against a real studio with worker processes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from studio_stand_ins import HandEngine, config_in, live, png, scene

from boximator.scene.embedded import embedded
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.schema import adapter
from boximator.studio import wire
from boximator.studio.client import StudioClient
from boximator.studio.states import State


@pytest.fixture
def engine() -> HandEngine:
    return HandEngine()


@pytest.fixture
def client(engine: HandEngine, tmp_path: Path) -> Generator[StudioClient]:
    with live(config_in(tmp_path), engine=engine) as port:
        yield StudioClient(f"http://127.0.0.1:{port}/")


def asked(picture: str | None) -> Scene:
    return adapter().validate_python(scene(picture or "x"))


def test_from_a_scene_file_to_the_video(client: StudioClient, engine: HandEngine, tmp_path: Path) -> None:
    (tmp_path / "dög (1).png").write_bytes(png())
    job = client.submit(asked("dög (1).png"), beside=tmp_path, priority=3)
    assert (job.state, job.priority) == (State.QUEUED, 3) or job.state is State.RUNNING
    told: list[wire.Job] = []
    waiting = threading.Thread(target=lambda: told.append(client.wait(job.id, progress=told.append)))
    waiting.start()
    engine.running(job.id)
    engine.step(4)
    engine.finish()
    waiting.join()
    assert told[-1].state is State.DONE
    assert [now.revision for now in told[:-1]] == sorted({now.revision for now in told})
    path = client.download(job.id, kind="mp4", path=tmp_path / "out.mp4")
    assert path.read_bytes() == b"file"
    assert client.job(job.id).scene.prompt == "it moves"


def test_pictures_travel_inside_the_scene_or_by_their_ids(client: StudioClient, engine: HandEngine) -> None:
    inside = client.submit(replace(asked(None), picture=embedded(png())))
    assert inside.scene.picture is not None
    again = client.submit(asked(inside.scene.picture), key="once")
    assert client.submit(asked(inside.scene.picture), key="once").id == again.id
    assert client.cancel(again.id).state is State.CANCELLED
    with pytest.raises(Problem, match="was cancelled"):
        client.wait(again.id)
    engine.running(inside.id)
    engine.fail(Problem(given="It is too dark", wanted="Light", fix="Open the window"))
    with pytest.raises(Problem, match="Open the window"):
        client.wait(inside.id)


def test_what_the_service_refuses_is_told_in_its_words(client: StudioClient, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"scene\.picture: That is not the id"):
        client.submit(asked("nonsense"))
    with pytest.raises(Problem, match="cannot be read"):
        client.submit(asked("nonsense.png"), beside=tmp_path)
    with pytest.raises(Problem, match="no job"):
        list(client.watch("a" * 22))
    with pytest.raises(Problem):
        client.upload(b"no picture", name='a"\r\nb.png')


def test_a_silent_address_is_a_problem() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(Problem, match="No studio answers"):
            StudioClient(f"http://127.0.0.1:{free.getsockname()[1]}").upload(png())


def test_a_restart_of_the_service_is_waited_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boximator.studio.client.PAUSE", 0.02)
    monkeypatch.setattr("boximator.studio.client.TRIES", 10_000)
    engine, config = HandEngine(), config_in(tmp_path)
    told: list[wire.Job] = []
    with live(config, engine=engine) as port:
        client = StudioClient(f"http://127.0.0.1:{port}")
        job = client.submit(replace(asked(None), picture=embedded(png())))
        engine.running(job.id)
        waiting = threading.Thread(target=lambda: told.append(client.wait(job.id)))
        waiting.start()
    with live(replace(config, port=port), engine=engine):
        engine.running(job.id)
        engine.finish()
        waiting.join()
    assert [now.state for now in told] == [State.DONE]


def test_a_token_is_sent(tmp_path: Path) -> None:
    config = config_in(tmp_path, token="open-sesame")
    with live(config, engine=HandEngine()) as port:
        address = f"http://127.0.0.1:{port}"
        assert StudioClient(address, token="open-sesame").upload(png()).width == 64
        with pytest.raises(Problem, match="token"):
            StudioClient(address, token="open-barley").upload(png())
