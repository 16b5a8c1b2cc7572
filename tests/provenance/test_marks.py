from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from photo_films import film

from boximator.provenance.certificate import CHAIN, KEY, identity
from boximator.provenance.label import WORDS
from boximator.provenance.manifest import read_signature
from boximator.provenance.marks import Marks, check, write_marked
from boximator.scene.problem import Problem


def own_files(folder: Path) -> tuple[Path, Path]:
    """A chain and a key on the curve P-256, as a user may have them: a root, and a leaf that may sign."""
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    keys = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, word)]) for word in ("a root", "a studio")]
    chain: list[bytes] = []
    for index in (1, 0):
        leaf = index == 1
        usage = dict.fromkeys(
            (
                *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
                *("crl_sign", "encipher_only", "decipher_only"),
            ),
            False,
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(names[index])
            .issuer_name(names[0])
            .public_key(keys[index].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + datetime.timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=not leaf, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=leaf, key_cert_sign=not leaf, **usage), critical=True
            )
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(keys[index].public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key()), critical=False
            )
        )
        if leaf:
            asked = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(asked, critical=False)
        chain.append(builder.sign(keys[0], hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private = keys[1].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    files = folder / "own-chain.pem", folder / "own-key.pem"
    for path, content in zip(files, (b"".join(chain), private), strict=True):
        path.write_bytes(content)
    return files


def test_a_users_own_chain_on_p256_signs(tmp_path: Path) -> None:
    chain, key = own_files(tmp_path)
    marks = Marks(certificate=chain, key=key)
    check(marks)
    write_marked(film(frames=2), tmp_path / "film.mp4", fps=8, marks=marks)
    said = read_signature((tmp_path / "film.mp4").read_bytes(), kind=".mp4")
    assert said.valid
    assert said.signer == "a studio"


@pytest.mark.parametrize("ending", ["mp4", "gif", "png"])
def test_what_cannot_be_signed_is_not_left_behind_without_a_signature(tmp_path: Path, ending: str) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no key", encoding="utf-8")
    target = tmp_path / f"film.{ending}"
    target.write_bytes(b"what was there")
    with pytest.raises(Problem, match="cannot be used"):
        write_marked(film(frames=2), target, fps=8, marks=Marks(certificate=nonsense, key=nonsense))
    assert target.read_bytes() == b"what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([target.name, nonsense.name])


def test_marks_are_checked_before_frames_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXIMATOR_CONFIG", str(tmp_path))
    identity()
    folder = tmp_path / "signing"
    chain, key = own_files(tmp_path)
    wrong = {
        "xx": Marks(language="xx"),
        "both": Marks(certificate=chain),
        "key cannot be used": Marks(certificate=chain, key=chain),
        "chain of certificates cannot be used": Marks(certificate=key, key=key),
        "not that of the first certificate": Marks(certificate=folder / CHAIN, key=key),
    }
    for words, marks in wrong.items():
        with pytest.raises(Problem, match=words):
            check(marks)
    check(Marks(language="xx", label=False))
    check(Marks(certificate=chain, signature=False))
    for language in WORDS:
        check(Marks(language=language, certificate=folder / CHAIN, key=folder / KEY))
