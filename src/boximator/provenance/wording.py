"""What was found in a file, in sentences that claim no more than was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boximator.provenance.manifest import ELSEWHERE

if TYPE_CHECKING:
    from boximator.provenance.label import Seen
    from boximator.provenance.manifest import Signed
    from boximator.provenance.metadata import Metadata
    from boximator.provenance.verify import Answer
    from boximator.provenance.watermark.detect import Found


UNDECODED = "could not be looked for, because the pictures in the file cannot be decoded."


def sentences(answer: Answer) -> list[str]:
    """One for each layer, then what they mean together."""
    return [
        _label(answer.label) if answer.undecoded is None else f"Label: {UNDECODED}",
        _watermark(answer.watermark) if answer.undecoded is None else f"Watermark: {UNDECODED}",
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
        by = " (VideoSeal)" if watermark.by == "videoseal" else ""
        return f"Watermark: found{by}, it carries the number {watermark.payload:016x}."
    return "Watermark: none of ours was found; it may never have been there, or have been destroyed."


def _metadata(metadata: Metadata) -> str:
    if not metadata.found:
        return "Metadata: no digital source type."
    kind = "made by a trained model" if metadata.made_by_ai else "not named as made by a trained model"
    tool = f" with {metadata.tool}" if metadata.tool else ""
    return f"Metadata: {metadata.source_type} ({kind}){tool}; anybody can write or remove this."


def _signature(signature: Signed) -> str:
    if not signature.found and signature.state == ELSEWHERE:
        return "Signature: none in the file; it names an address for one, which is not asked."
    if not signature.found:
        return "Signature: no C2PA manifest in the file."
    if not signature.valid:
        why = ", ".join(signature.failures) or signature.state
        return f"Signature: there is one, and it does not fit the file ({why})."
    who = signature.signer or "an unnamed signer"
    trust = "on the trust list" if signature.trusted else "on no trust list, so the name proves nothing"
    what = (
        "made by a trained model"
        if _by_model(signature)
        else signature.source_type or "nothing on its origin"
    )
    tool = f" with {signature.generator}" if signature.generator else ""
    return f"Signature: valid, the file is as {who} signed it ({trust}). It says: {what}{tool}."


def _together(answer: Answer) -> str:
    if answer.changed:
        if answer.signature.found and not answer.signature.valid:
            return "The file was changed after it was signed, or its manifest was damaged."
        return "The watermark is not the one the signature names: the picture comes from another file."
    if not answer.found:
        return (
            "No mark of ours was found. That does not say that the file is a photograph or was made by hand."
        )
    if not answer.lacking:
        return "The file is marked, and intact since it was signed." + _left_out(answer)
    return _lacking(answer)


def _lacking(answer: Answer) -> str:
    if answer.undecoded is not None:
        return _undecoded(answer)
    if answer.watermark.found and not answer.signature.found:
        return f"The picture comes from boximator; the signature is missing, {_unsigned(answer.metadata)}."
    if answer.signature.valid and answer.signature.generation is None:
        by_ai = " It says that a trained model made it." if _by_model(answer.signature) else ""
        return f"The file was signed by another program than boximator, and is intact since.{by_ai}"
    return f"Marks are missing: {', '.join(answer.lacking)}." + _left_out(answer)


def _undecoded(answer: Answer) -> str:
    if answer.signature.valid:
        return "The file is intact since it was signed, but its pictures cannot be decoded here."
    return (
        "The pictures in the file cannot be decoded, and there is no signature: by its metadata it was made with "
        "boximator; nothing tells whether it was changed, but it is likely to be damaged or cut."
    )


def _left_out(answer: Answer) -> str:
    if not answer.left_out:
        return ""
    return f" Left out by its maker, as the signed record says: {', '.join(answer.left_out)}."


def _unsigned(metadata: Metadata) -> str:
    """Why there may be no signature; metadata are not proof, since anybody can write them."""
    off = (metadata.marks or "").partition("turned off: ")[2]
    if "signature" in off:
        return "left out by its maker if the metadata are true, so nothing tells whether the file was changed"
    return "as after another program saved it"


def _by_model(signature: Signed) -> bool:
    return "trainedalgorithmic" in (signature.source_type or "").lower()
