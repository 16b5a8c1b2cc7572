"""What was found in a file, in sentences that claim no more than was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boximator.provenance.label import Seen
    from boximator.provenance.metadata import Metadata
    from boximator.provenance.signature import Signed
    from boximator.provenance.verify import Answer
    from boximator.provenance.watermark.detect import Found


def sentences(answer: Answer) -> list[str]:
    """One for each layer, then what they mean together."""
    return [
        _label(answer.label),
        _watermark(answer.watermark),
        _metadata(answer.metadata),
        _signature(answer.signature),
        _together(answer),
    ]


def _label(label: Seen) -> str:
    if label.found:
        return f'Label: a plate that looks like ours reads "{label.text}".'
    return "Label: no plate of ours was seen; other labels, and resized ones, are not looked for."


def _watermark(watermark: Found) -> str:
    if watermark.payload is not None:
        return f"Watermark: found, it carries the number {watermark.payload:016x}."
    return "Watermark: none of ours was found; it may never have been there, or have been destroyed."


def _metadata(metadata: Metadata) -> str:
    if not metadata.found:
        return "Metadata: no digital source type."
    kind = "made by a trained model" if metadata.made_by_ai else "not named as made by a trained model"
    tool = f" with {metadata.tool}" if metadata.tool else ""
    return f"Metadata: {metadata.source_type} ({kind}){tool}; anybody can write or remove this."


def _signature(signature: Signed) -> str:
    if not signature.found:
        return "Signature: no C2PA manifest in the file."
    if not signature.valid:
        why = ", ".join(signature.failures) or signature.state
        return f"Signature: there is one, and it does not fit the file ({why})."
    who = signature.signer or "an unnamed signer"
    trust = "on the trust list" if signature.trusted else "on no trust list, so the name proves nothing"
    return f"Signature: valid, the file is as {who} signed it ({trust})."


def _together(answer: Answer) -> str:
    if answer.changed:
        if answer.signature.found and not answer.signature.valid:
            return "The file was changed after it was signed, or its manifest was damaged."
        return "The watermark is not the one the signature names: the picture comes from another file."
    marks = answer.watermark.found or answer.label.found or answer.metadata.found or answer.signature.found
    if answer.verdict == 0:
        return "The file is marked, and intact since it was signed."
    if answer.watermark.found and not answer.signature.found:
        return (
            "The picture comes from boximator; the signature is missing, as after another program saved it."
        )
    if marks:
        return "Some marks are missing."
    return "No mark of ours was found. That does not say that the file is a photograph or was made by hand."
