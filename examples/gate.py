"""A gate for prompts: a small classifier of offensive English (alt-profanity-check, MIT, its weights in the package).

    pip install alt-profanity-check
    BOXIMATOR_GATE=examples/gate.py:gate boximator animate examples/demo.json -o out/demo.mp4

It reads words only, and is wrong at times in both directions. `gate_people.py` looks at the pictures.
"""

from __future__ import annotations

from boximator.provenance.gate import Asked

MOST = 0.8
"""The probability of offence above which a prompt is refused."""


def gate(asked: Asked) -> str | None:
    """Why a prompt is refused, or None."""
    from profanity_check import predict_prob  # pyright: ignore[reportMissingImports, reportUnknownVariableType]

    offence = float(predict_prob([asked.prompt])[0])  # pyright: ignore[reportUnknownArgumentType]
    return f"the prompt is offensive with a probability of {offence:.0%}" if offence > MOST else None
