"""What the C2PA manifest in a file says, and whether the file still is what was signed."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from boximator.provenance.form import fits, traced
from boximator.scene.problem import Problem

READABLE = {
    ".mp4": "video/mp4",
    ".gif": "image/gif",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".avif": "image/avif",
    ".heic": "image/heic",
    ".tif": "image/tiff",
    ".mov": "video/quicktime",
    ".avi": "video/avi",
}
"""Kinds of files that may hold a manifest, and what the package calls them."""
ASSERTION = "org.boximator.generation"
BINDINGS = {"boximator": "org.boximator.watermark.1", "videoseal": "org.boximator.watermark.videoseal.1"}
NUMBER = re.compile("[0-9a-f]{16}")
UNTRUSTED = "signingCredential.untrusted"
OFFLINE = {"remote_manifest_fetch": False, "ocsp_fetch": False}
"""A file may name an address that its manifest lies at: whoever looks at a file must not be made to call anybody."""
ELSEWHERE = "Elsewhere"
OTHER_FORM = "bytes that the signature does not cover are not as boximator writes them"


@dataclass(frozen=True)
class Signed:
    """What the manifest in a file says. ``valid``: nothing was changed since it was signed.

    ``trusted``: the signer is on a trust list; never so with a chain that an installation made for itself.
    ``state``: the package's word for it; "Unreadable" if there are but parts of a manifest, "Elsewhere" if there is
    none and the file names an address for it.
    """

    found: bool
    valid: bool | None = None
    trusted: bool | None = None
    state: str | None = None
    signer: str | None = None
    generator: str | None = None
    source_type: str | None = None
    failures: tuple[str, ...] = ()
    generation: dict[str, Any] | None = None
    watermark: str | None = None


def read_signature(content: bytes, *, kind: str) -> Signed:
    """What the manifest in a file says; ``kind`` is the usual ending of such files (`boximator.provenance.kind`)."""
    if kind not in READABLE:
        return Signed(found=False)
    c2pa = package()
    context = c2pa.Context.from_dict({"verify": OFFLINE})
    try:
        with c2pa.Reader(READABLE[kind], io.BytesIO(content), context=context) as reader:
            said = _said(json.loads(reader.json()), state=str(reader.get_validation_state()))
    except c2pa.C2paError as error:
        return _unread(error, content=content)
    if said.valid and not fits(content, kind=kind, record=said.generation):
        return replace(said, valid=False, trusted=False, state="Invalid", failures=(OTHER_FORM,))
    return said


def _unread(error: Exception, *, content: bytes) -> Signed:
    """No manifest can be read: there is none, or what is left of one was damaged."""
    if traced(content):
        why = " ".join(str(error).split())[:200]
        return Signed(found=True, valid=False, trusted=False, state="Unreadable", failures=(why,))
    return Signed(found=False, state=ELSEWHERE if "fetch remote" in str(error) else None)


def _said(content: dict[str, Any], *, state: str) -> Signed:
    """From a manifest that anybody may have written or damaged: nothing in it needs to be of the kind it should."""
    manifest = _table(_table(content.get("manifests")).get(str(content.get("active_manifest"))))
    assertions = {
        str(entry.get("label")): _table(entry.get("data")) for entry in _rows(manifest, "assertions")
    }
    actions = next((data for name, data in assertions.items() if name.startswith("c2pa.actions")), {})
    sources = [
        str(action["digitalSourceType"])
        for action in _rows(actions, "actions")
        if "digitalSourceType" in action
    ]
    codes = tuple(str(entry.get("code")) for entry in _rows(content, "validation_status"))
    generator = next(_rows(manifest, "claim_generator_info"), {})
    return Signed(
        found=True,
        valid=state in ("Valid", "Trusted"),
        trusted=state == "Trusted",
        state=state,
        signer=_text(_table(manifest.get("signature_info")).get("common_name")),
        generator=" ".join(str(generator[part]) for part in ("name", "version") if part in generator) or None,
        source_type=sources[0] if sources else None,
        failures=tuple(code for code in codes if code != UNTRUSTED),
        generation=assertions.get(ASSERTION),
        watermark=_binding(assertions.get("c2pa.soft-binding", {})),
    )


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _rows(table: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    value = table.get(name)
    return (_table(row) for row in (value if isinstance(value, list) else ()))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _binding(assertion: dict[str, Any]) -> str | None:
    """The watermark's number, if the manifest names one of ours."""
    if assertion.get("alg") not in BINDINGS.values():
        return None
    value = _text(next(_rows(assertion, "blocks"), {}).get("value"))
    return value if value is not None and NUMBER.fullmatch(value) else None


def package() -> Any:
    """The package that writes and reads signatures.

    Raises:
        Problem: it is not installed.
    """
    try:
        import c2pa
    except ModuleNotFoundError as error:
        raise Problem(
            given="The package c2pa-python is not installed",
            wanted="Signatures are written and read by it",
            fix='Run: pip install "boximator[provenance]"; or say that no signature is wanted',
        ) from error
    return c2pa
