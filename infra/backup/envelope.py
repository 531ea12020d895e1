"""The envelope of an encrypted backup: AES-256-GCM over chunks, so that any size passes through little memory.

The head names the key and carries a salt; the file's own key is derived from both (HKDF-SHA-256), so a nonce may
simply count the chunks. The last byte of the nonce says whether a chunk is the last one, and every chunk vouches for
the head: a chunk that is missing, altered, out of order or cut off is noticed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import secrets
from collections.abc import Sequence
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from infra.backup.rules import damaged
from kernel.errors import Problem

MAGIC = b"launch90 backup 1\n"
CHUNK = 1024 * 1024
_KEY_ID, _SALT, _TAG, _LENGTH = 8, 32, 16, 32


class SealingWriter(io.RawIOBase):
    """Encrypts what is written to it; closing writes the last chunk and leaves the file below open."""

    def __init__(self, below: IO[bytes], key: str) -> None:
        """Write the head."""
        self._below, self._number, self._waiting = below, 0, bytearray()
        salt = secrets.token_bytes(_SALT)
        self._head = MAGIC + key_id(key) + salt
        self._cipher = _cipher(key, salt)
        below.write(self._head)

    def writable(self) -> bool:
        """Bytes go in here."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # gzip writes bytes
        """Take bytes; whole chunks go out at once."""
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write the last chunk."""
        if not self.closed:
            self._put(bytes(self._waiting), last=True)
        super().close()

    def _put(self, plain: bytes, *, last: bool) -> None:
        self._below.write(self._cipher.encrypt(_nonce(self._number, last=last), plain, self._head))
        self._number += 1


class OpeningReader(io.RawIOBase):
    """Decrypts a file from behind its magic; raises Problem for the wrong key and any byte that is not as sealed."""

    def __init__(self, below: IO[bytes], keys: Sequence[str]) -> None:
        """Read the head and choose the key that it names."""
        rest = below.read(_KEY_ID + _SALT)
        if len(rest) < _KEY_ID + _SALT:
            raise damaged("it ends too early")
        self._below, self._number, self._ready = below, 0, b""
        self._head = MAGIC + rest
        self._cipher = _cipher(_named(keys, rest[:_KEY_ID]), rest[_KEY_ID:])
        self._ahead = below.read(CHUNK + _TAG)

    def readable(self) -> bool:
        """Bytes come out here."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # any writable buffer
        """Fill a buffer with the next bytes; 0 at the end."""
        while not self._ready and self._ahead:
            self._open_next()
        count = min(len(buffer), len(self._ready))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def _open_next(self) -> None:
        sealed, self._ahead = self._ahead, self._below.read(CHUNK + _TAG)
        try:
            nonce = _nonce(self._number, last=not self._ahead)
            self._ready = self._cipher.decrypt(nonce, sealed, self._head)
        except InvalidTag:
            raise damaged("it was cut off or altered") from None
        self._number += 1


def key_id(key: str) -> bytes:
    """What a file says of its key: enough to choose it, nothing to guess it from."""
    return hashlib.sha256(b"launch90 backup key " + _secret(key)).digest()[:_KEY_ID]


def _named(keys: Sequence[str], wanted: bytes) -> str:
    found = next((key for key in keys if key_id(key) == wanted), None)
    if found is None:
        raise Problem(
            "backup.key",
            "This backup is encrypted with a key that is not among ROADMAP_ENCRYPTION_KEYS (its number is %(number)s). "
            "Set the key that was the newest when it was made.",
            number=wanted.hex(),
        )
    return found


def _cipher(key: str, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), _LENGTH, salt, b"launch90 backup").derive(_secret(key)))


def _secret(key: str) -> bytes:
    try:
        secret = base64.urlsafe_b64decode(key)
    except (ValueError, binascii.Error):
        secret = b""
    if len(secret) != _LENGTH:
        raise Problem("backup.key", "ROADMAP_ENCRYPTION_KEYS holds something that is not a Fernet key.")
    return secret


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
