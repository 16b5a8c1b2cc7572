"""Pictures inside a scene file: a `data:` URL where otherwise a file's name stands."""

from __future__ import annotations

import base64
import binascii
import re

from boximator.scene.problem import Problem, shortened

NAME = "embedded picture"
"""How an embedded picture is called where a file's name would stand in a message."""

_HEAD = re.compile(r"data:image/[a-z0-9.+-]+;base64,", re.IGNORECASE)


def is_embedded(picture: str) -> bool:
    """Whether this is a picture itself, and not the name of one."""
    return picture[:5].lower() == "data:"


def embedded_bytes(picture: str) -> bytes:
    """The picture file inside a `data:image/...;base64,` URL, as its bytes.

    Raises:
        Problem: it is another kind of `data:` URL, or its base64 is damaged.
    """
    head = _HEAD.match(picture)
    if head is None:
        raise _wrong(f"An embedded picture begins {shortened(picture[:40])}")
    try:
        return base64.b64decode(picture[head.end() :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise _wrong(f"An embedded picture is cut off or damaged ({error})") from error


def embedded(data: bytes, *, kind: str = "png") -> str:
    """A picture file's bytes as text that a scene can hold; `kind` is jpeg, png, webp..."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _wrong(given: str) -> Problem:
    return Problem(
        given=given,
        wanted='A picture is a file name, or is embedded as "data:image/png;base64,..." (jpeg, webp too)',
        fix="Save the project again from the editor, or name a picture file beside the scene",
    )
