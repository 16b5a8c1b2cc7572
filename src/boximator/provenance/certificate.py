"""Who signs: a private chain of certificates that each installation makes for itself, or a user's own.

No key comes with the package. A chain made here proves that a file is unchanged since this installation signed
it, and not who that is: readers call it valid and untrusted.
"""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem

FOLDER_VARIABLE = "BOXIMATOR_CONFIG"
KEY, CHAIN = "key.pem", "chain.pem"
YEARS = 10


@dataclass(frozen=True)
class Identity:
    """A key, and the certificates that speak for it: PEM, the leaf first."""

    key: bytes
    chain: bytes


def config_folder() -> Path:
    """Where an installation keeps what is its own: $BOXIMATOR_CONFIG, or boximator in $XDG_CONFIG_HOME or ~/.config."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "boximator"


def identity(*, certificate: Path | None = None, key: Path | None = None) -> Identity:
    """The user's own chain and key if both are named, else this installation's, made at first use.

    Raises:
        Problem: only one of the two, or files that cannot be read.
    """
    if (certificate is None) != (key is None):
        raise Problem(
            given="A certificate without its key, or a key without its certificate",
            wanted="A signature needs both",
            fix="Name both files, or neither",
        )
    if certificate is not None and key is not None:
        try:
            return Identity(key=key.read_bytes(), chain=certificate.read_bytes())
        except OSError as error:
            raise Problem(
                given=f"{error.filename} cannot be read: {error.strerror}",
                wanted="A chain of certificates and a private key, both as PEM files",
                fix="Correct the names, or leave them out: boximator then signs with a chain of its own",
            ) from error
    folder = config_folder() / "signing"
    if not (folder / KEY).is_file() or not (folder / CHAIN).is_file():
        _keep(_made(), folder=folder)
    return Identity(key=(folder / KEY).read_bytes(), chain=(folder / CHAIN).read_bytes())


def _keep(made: Identity, *, folder: Path) -> None:
    """Write key and chain; only the user may read the key. The chain comes last: with it the pair is whole."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Problem(
            given=f"The folder {folder} cannot be made: {error.strerror}",
            wanted="The key that this installation signs with is kept there",
            fix=f"Set {FOLDER_VARIABLE} to a folder of yours, or turn the signature off",
        ) from error
    with appearing(folder / KEY) as partial:
        partial.write_bytes(made.key)
    (folder / KEY).chmod(0o600)
    with appearing(folder / CHAIN) as partial:
        partial.write_bytes(made.chain)


def _made() -> Identity:
    """A root and a leaf, both Ed25519; the root's key is thrown away, so nothing else can ever be signed by it."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    root_key, leaf_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    root = _certificate(
        "boximator installation root", root_key, issuer="boximator installation root", by=root_key
    )
    leaf = _certificate("boximator installation", leaf_key, issuer="boximator installation root", by=root_key)
    pem = serialization.Encoding.PEM
    key = leaf_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Identity(key=key, chain=leaf.public_bytes(pem) + root.public_bytes(pem))


def _certificate(name: str, key: Any, *, issuer: str, by: Any) -> Any:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def called(words: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "boximator"),
                x509.NameAttribute(NameOID.COMMON_NAME, words),
            ]
        )

    root = name == issuer
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(_usage(root=root), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not root:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(by, None)


def _usage(*, root: bool) -> Any:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=root,
        crl_sign=root,
        encipher_only=False,
        decipher_only=False,
    )
