from __future__ import annotations

import io

from rich.console import Console

from boximator.training.boxes.progress import shown, silent


def test_on_a_terminal_it_is_a_bar() -> None:
    said: list[str] = []
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    with shown("steps", total=20, done=5, tell=said.append, console=console) as show:
        show(20, "loss 0.5")
    assert said == []
    assert "20/20" in screen.getvalue()
    assert "loss 0.5" in screen.getvalue()


def test_in_a_file_it_is_a_line_for_every_note() -> None:
    said: list[str] = []
    with shown("steps", total=20, tell=said.append, console=Console(file=io.StringIO())) as show:
        show(1)
        show(10, "loss 0.5")
    assert said == ["steps 10 of 20  loss 0.5"]


def test_other_processes_say_nothing() -> None:
    said: list[str] = []
    with silent("steps", total=20, tell=said.append) as show:
        show(10, "loss 0.5")
    assert said == []
