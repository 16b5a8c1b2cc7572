"""pydantic's findings, said in the words of a scene."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from boximator.scene.problem import Fault, Problem, shortened
from boximator.scene.schema import known_fields

KINDS = {
    "string_type": ("text in quotes", 'Write it in double quotes, like "red kite"'),
    "int_type": ("a whole number", "Write digits only, without quotes or a decimal point"),
    "float_type": ("a number", "Write digits, without quotes"),
    "bool_type": ("true or false", "Write true or false, without quotes"),
    "tuple_type": ("a list", "Put it in square brackets"),
    "dataclass_type": ("an object with named fields", "Put it in curly brackets, with field names"),
    "finite_number": ("a finite number", "Write digits; NaN and Infinity have no place in a scene"),
    "int_from_float": ("a whole number", "Round it"),
    "int_parsing_size": ("a whole number of sensible size", "Write a smaller number"),
    "greater_than_equal": ("at least {ge}", "Write a larger number"),
    "less_than_equal": ("at most {le}", "Write a smaller number"),
    "string_too_long": ("at most {max_length} characters long", "Shorten it"),
    "string_too_short": ("not empty", "Write something, or null"),
    "too_long": ("a list of at most {max_length} entries", "Remove some of them"),
    "too_short": ("a list of at least {min_length} entries", "Add what is missing"),
    "literal_error": ("one of {expected}", "Choose one of these"),
}
"""pydantic's names for what can be wrong with one value: what is wanted, and what to do."""


def place_of(loc: tuple[str | int, ...]) -> str:
    """A JSON path: ("tracks", 2, "box") is `tracks[2].box`."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return words.removeprefix(".")


def fault_of(error: Mapping[str, Any]) -> Fault:
    """One entry of pydantic's `ValidationError.errors()` as a fault."""
    loc = tuple(error["loc"])
    return Fault(place_of(loc), _problem(error, loc))


def _problem(error: Mapping[str, Any], loc: tuple[str | int, ...]) -> Problem:
    context = error.get("ctx", {})
    if isinstance(context.get("error"), Problem):
        return context["error"]
    kind = error["type"]
    if kind in {"unexpected_keyword_argument", "extra_forbidden"}:
        return unknown_field(str(loc[-1]), known_fields(loc[:-1]))
    if kind == "json_invalid":
        return not_json(str(context.get("error", error["msg"])))
    name = place_of(loc).rpartition(".")[2] or "The file"
    if kind == "missing":
        return Problem(
            given=f"There is no {name}",
            wanted=f"The field {name} has no default",
            fix=f'Add "{name}": ...',
        )
    if kind not in KINDS:
        wanted, fix = f"something else ({error['msg']})", "Change it so that it fits"
    else:
        wanted, fix = KINDS[kind][0].format_map(context), KINDS[kind][1]
    return Problem(given=f"{name} is {shortened(error['input'])}", wanted=f"{name} is {wanted}", fix=fix)


def not_json(reason: str) -> Problem:
    """The text cannot be taken apart."""
    return Problem(
        given=f"It is not JSON: {reason}",
        wanted="A scene is a JSON object in curly brackets",
        fix="Repair the text there, or save it again from the program that made it",
    )


def unknown_field(name: str, known: tuple[str, ...]) -> Problem:
    """A field the format does not have, with the nearest name it does have."""
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    return Problem(
        given=f'There is a field named "{name[:60]}"',
        wanted=f"The fields here are {', '.join(known)}",
        fix=f'Did you mean "{near[0]}"? Rename the field or remove it' if near else "Remove the field",
    )
