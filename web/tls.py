"""Certificate and key for `roadmap serve`: looked at before the server starts, so that a mistake is said in words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from kernel.errors import Problem


def check(cert: Path, key: Path, now: datetime) -> datetime:
    """See that a certificate and its key can be used now; gives the day on which it ends. Raises Problem."""
    first = _certificate(cert)
    if _spelled(first.public_key()) != _spelled(_key(key).public_key()):
        raise _problem("%(key)s is not the key of %(cert)s. Both have to be made together.", key=key, cert=cert)
    if now >= first.not_valid_after_utc:
        raise _problem("%(cert)s ended on %(day)s. Get a new one.", cert=cert, day=first.not_valid_after_utc.date())
    if now < first.not_valid_before_utc:
        day = first.not_valid_before_utc.date()
        raise _problem("%(cert)s begins on %(day)s only. Is the clock of this machine right?", cert=cert, day=day)
    return first.not_valid_after_utc


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(_read(path))[0]
    except ValueError:
        raise _problem("%(path)s holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).", path=path) from None


def _key(path: Path) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(_read(path), None)
    except TypeError:
        raise _problem(
            "%(path)s is locked by a passphrase. Use a key without one, for the server only.", path=path
        ) from None
    except ValueError:
        raise _problem("%(path)s holds no private key in PEM form (-----BEGIN PRIVATE KEY-----).", path=path) from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _problem("%(path)s can't be read: %(why)s.", path=path, why=error.strerror) from None


def _spelled(key: object) -> bytes:
    spelled: bytes = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]  # every kind of public key has it
    return spelled


def _problem(text: str, **params: Any) -> Problem:
    return Problem("tls", text, **params)
