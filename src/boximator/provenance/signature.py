"""C2PA: a signed manifest put inside the file, which says what made it and tells whether a byte was changed since."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boximator
from boximator.provenance.about import About
from boximator.provenance.certificate import Identity
from boximator.provenance.form import HEAD, written
from boximator.provenance.manifest import ASSERTION, BINDINGS, OFFLINE, package
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


def sign(path: Path, *, title: str, about: About, by: Identity, watermark: int | None) -> None:
    """Put the manifest into a file, as its last change. ``title`` is what errors call the file.

    Of the same file and the same signer the same bytes are made (`boximator.provenance.salt`).

    Raises:
        Problem: the package is missing, or it refuses the certificate.
    """
    c2pa = package()
    ending = path.suffix.lower()
    with path.open("rb") as unsigned:
        form = written(unsigned.read(HEAD), ending=ending)
    manifest = _manifest(about, watermark=watermark, form=form)
    signing = _Signing(by)
    context = c2pa.Context.from_dict({"builder": {"thumbnail": {"enabled": False}}, "verify": OFFLINE})
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
                drawn = builder.sign(signer, FORMATS[ending], source, target)
            _settle(partial, manifest=drawn, signing=signing, by=by, ending=ending)
    except c2pa.C2paError as error:
        raise Problem(
            given=f"{title} could not be signed: {error}",
            wanted="A certificate chain (leaf first) that may sign C2PA, and its key",
            fix="Use another certificate, or leave it out: boximator then signs with a chain of its own",
        ) from error


def _manifest(about: About, *, watermark: int | None, form: dict[str, Any]) -> dict[str, Any]:
    """The same for the same generation: its name is made of what it says, so that files can be compared."""
    created = {
        "action": "c2pa.created",
        "digitalSourceType": SOURCE_TYPE,
        "softwareAgent": {"name": "boximator", "version": boximator.__version__},
    }
    actions: list[dict[str, Any]] = [created]
    assertions: list[dict[str, Any]] = [{"label": ASSERTION, "data": about.told() | form}]
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

    algorithms = package().C2paSigningAlg
    ours = isinstance(_private_key(by), ed25519.Ed25519PrivateKey)
    return algorithms.ED25519 if ours else algorithms.ES256


def check_identity(by: Identity) -> None:
    """Raises a `Problem` unless the key is of a kind that signs here, and is that of the first certificate."""
    from cryptography import x509

    package()
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
