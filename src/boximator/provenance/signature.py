"""C2PA: a signed manifest inside the file, which says what made it and tells whether a byte was changed since."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boximator
from boximator.provenance.about import About
from boximator.provenance.certificate import Identity
from boximator.provenance.metadata import SOURCE_TYPE
from boximator.provenance.salt import Signature, replaced, steady
from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem

FORMATS = {
    ".mp4": "video/mp4",
    ".gif": "image/gif",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
}
READABLE = FORMATS | {
    ".jpeg": "image/jpeg",
    ".avif": "image/avif",
    ".heic": "image/heic",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".avi": "video/avi",
}
"""What other programs sign, too."""
ASSERTION = "org.boximator.generation"
BINDINGS = {"boximator": "org.boximator.watermark.1", "videoseal": "org.boximator.watermark.videoseal.1"}
UNTRUSTED = "signingCredential.untrusted"


@dataclass(frozen=True)
class Signed:
    """What the manifest in a file says. ``valid``: nothing was changed since it was signed.

    ``trusted``: the signer is on a trust list; never so with a chain that an installation made for itself.
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


def sign(path: Path, *, title: str, about: About, by: Identity, watermark: int | None) -> None:
    """Put the manifest into a file, as its last change. ``title`` is what errors call the file.

    Of the same file and the same signer the same bytes are made (`boximator.provenance.salt`).

    Raises:
        Problem: the package is missing, or it refuses the certificate.
    """
    c2pa = _package()
    manifest = _manifest(about, watermark=watermark)
    signing = _Signing(by)
    context = c2pa.Context.from_dict({"builder": {"thumbnail": {"enabled": False}}})
    try:
        with (
            appearing(path) as partial,
            c2pa.Signer.from_callback(signing, _algorithm(by), by.chain.decode()) as signer,
            c2pa.Builder(manifest, context=context) as builder,
        ):
            if about.picture is not None:
                ingredient = {
                    "title": "first frame",
                    "relationship": "componentOf",
                    "instance_id": "first-frame",
                }
                builder.add_ingredient_from_stream(ingredient, about.picture_kind, io.BytesIO(about.picture))
            partial.unlink()
            with path.open("rb") as source, partial.open("w+b") as target:
                drawn = builder.sign(signer, FORMATS[path.suffix.lower()], source, target)
            _settle(partial, manifest=drawn, signing=signing, by=by, ending=path.suffix.lower())
    except c2pa.C2paError as error:
        raise Problem(
            given=f"{title} could not be signed: {error}",
            wanted="A certificate chain (leaf first) that may sign C2PA, and its key",
            fix="Use another certificate, or leave it out: boximator then signs with a chain of its own",
        ) from error


def read_signature(path: Path) -> Signed:
    """What the manifest in a file says, and whether the file still is what was signed."""
    c2pa = _package()
    kind = READABLE.get(path.suffix.lower())
    if kind is None:
        return Signed(found=False)
    try:
        with path.open("rb") as stream, c2pa.Reader(kind, stream) as reader:
            content: dict[str, Any] = json.loads(reader.json())
            state = str(reader.get_validation_state())
    except c2pa.C2paError as error:
        if "ManifestNotFound" in type(error).__name__ + str(error) or "no JUMBF" in str(error):
            return Signed(found=False)
        return Signed(
            found=True, valid=False, trusted=False, state="Unreadable", failures=(str(error)[:200],)
        )
    return _said(content, state=state)


def _said(content: dict[str, Any], *, state: str) -> Signed:
    manifest: dict[str, Any] = content.get("manifests", {}).get(content.get("active_manifest"), {})
    assertions = {entry["label"]: entry["data"] for entry in manifest.get("assertions", [])}
    actions = next((data for name, data in assertions.items() if name.startswith("c2pa.actions")), {})
    sources = [
        action["digitalSourceType"] for action in actions.get("actions", []) if "digitalSourceType" in action
    ]
    codes = tuple(str(entry.get("code")) for entry in content.get("validation_status", []))
    generator = (manifest.get("claim_generator_info") or [{}])[0]
    return Signed(
        found=True,
        valid=state in ("Valid", "Trusted"),
        trusted=state == "Trusted",
        state=state,
        signer=(manifest.get("signature_info") or {}).get("common_name"),
        generator=" ".join(str(generator[part]) for part in ("name", "version") if part in generator) or None,
        source_type=sources[0] if sources else None,
        failures=tuple(code for code in codes if code != UNTRUSTED),
        generation=assertions.get(ASSERTION),
        watermark=_binding(assertions.get("c2pa.soft-binding", {})),
    )


def _binding(assertion: dict[str, Any]) -> str | None:
    """The watermark's number, if the manifest names one of ours."""
    blocks = assertion.get("blocks") if assertion.get("alg") in BINDINGS.values() else None
    return str(blocks[0]["value"]) if blocks else None


def _manifest(about: About, *, watermark: int | None) -> dict[str, Any]:
    """The same for the same generation: its name is made of what it says, so that files can be compared."""
    created = {
        "action": "c2pa.created",
        "digitalSourceType": SOURCE_TYPE,
        "softwareAgent": {"name": "boximator", "version": boximator.__version__},
    }
    actions: list[dict[str, Any]] = [created]
    assertions: list[dict[str, Any]] = [{"label": ASSERTION, "data": about.told()}]
    if watermark is not None:
        actions.append({"action": "c2pa.watermarked.bound"})
        algorithm = BINDINGS[about.marks.get("watermark_by", "boximator")]
        block = {"scope": {}, "value": f"{watermark:016x}"}
        assertions.append(
            {"label": "c2pa.soft-binding", "data": {"alg": algorithm, "blocks": [block], "pad": ""}}
        )
    told = json.dumps(about.told(), sort_keys=True)
    name = uuid.UUID(bytes=hashlib.sha256(told.encode()).digest()[:16], version=4)
    return {
        "label": f"urn:c2pa:{name}",
        "instance_id": f"xmp:iid:{name}",
        "claim_generator_info": [{"name": "boximator", "version": boximator.__version__}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": actions}}, *assertions],
    }


class _Signing:
    """Signs bytes with the key, always in the same way, and remembers what it made of them."""

    def __init__(self, by: Identity) -> None:
        self._sign = _signing(by)
        self.made: list[Signature] = []

    def __call__(self, data: bytes) -> bytes:
        value = self._sign(data)
        self.made.append(Signature(data=bytes(data), value=value))
        return value


def _settle(path: Path, *, manifest: bytes, signing: _Signing, by: Identity, ending: str) -> None:
    """Replace what chance put into a signed file's manifest."""
    signature = next(made for made in reversed(signing.made) if made.value in manifest)
    settled = steady(manifest, key=by.key, signature=signature, sign=signing)
    path.write_bytes(replaced(path.read_bytes(), old=manifest, new=settled, ending=ending))


def _signing(by: Identity) -> Callable[[bytes], bytes]:
    """Signs bytes with the key; ECDSA signatures in the form that COSE wants, and without chance (RFC 6979)."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

    key = _private_key(by)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise _wrong_key(type(key).__name__)
    how = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)

    def ecdsa(data: bytes) -> bytes:
        r, s = utils.decode_dss_signature(key.sign(data, how))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return ecdsa


def _algorithm(by: Identity) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    algorithms = _package().C2paSigningAlg
    ours = isinstance(_private_key(by), ed25519.Ed25519PrivateKey)
    return algorithms.ED25519 if ours else algorithms.ES256


def check_identity(by: Identity) -> None:
    """Raises a `Problem` unless the key is of a kind that signs here, and is that of the first certificate."""
    from cryptography import x509

    _package()
    _signing(by)
    try:
        leaf = x509.load_pem_x509_certificates(by.chain)[0]
    except ValueError as error:
        raise _unusable("chain of certificates", error) from error
    if leaf.public_key() != _private_key(by).public_key():
        raise _unusable("key", "it is not that of the first certificate")


def _private_key(by: Identity) -> Any:
    from cryptography.hazmat.primitives import serialization

    try:
        return serialization.load_pem_private_key(by.key, password=None)
    except (ValueError, TypeError) as error:
        raise _unusable("key", error) from error


def _unusable(part: str, why: object) -> Problem:
    return Problem(
        given=f"The {part} cannot be used: {str(why).split('. ')[0]}",
        wanted="A private key without a password and its chain of certificates (leaf first), both PEM",
        fix="Correct the names, or leave them out: boximator then signs with a chain of its own",
    )


def _wrong_key(kind: str) -> Problem:
    return Problem(
        given=f"The key is of the kind {kind}",
        wanted="An Ed25519 key, or one on the curve P-256",
        fix="Use such a key, or leave it out: boximator then signs with one of its own",
    )


def _package() -> Any:
    try:
        import c2pa
    except ModuleNotFoundError as error:
        raise Problem(
            given="The package c2pa-python is not installed",
            wanted="Signatures are written and read by it",
            fix='Run: pip install "boximator[provenance]"; or say that no signature is wanted',
        ) from error
    return c2pa
