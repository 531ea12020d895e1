"""What the database keeps sealed: read here with any of the keys, written with the newest; and hashes of tokens.

    secret: Mapped[str] = mapped_column(SealedText)

The keys are ROADMAP_ENCRYPTION_KEYS, the newest first. A sealed column never enters the audit trail.
"""

from __future__ import annotations

import hashlib
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from infra.wires import wires
from kernel.errors import Problem


class KeyMissing(Problem):
    """Something was sealed with a key that is not among the settings any more."""

    status = 503

    def __init__(self) -> None:
        """Say which setting lacks the key."""
        super().__init__(
            "key_missing",
            "This was sealed with a key that is not among ROADMAP_ENCRYPTION_KEYS. An administrator can put it back.",
        )


class SealedText(TypeDecorator[str]):
    """A text that lies in the database sealed and comes back plain. It can be neither searched nor compared in SQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Seal with the newest key."""
        return None if value is None else seal(value.encode()).decode("ascii")

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        """Unseal with whichever key fits. Raises KeyMissing when none does."""
        return None if value is None else unseal(value.encode()).decode()


def seal(plain: bytes) -> bytes:
    """Encrypt and sign with the newest key; the result is ASCII, about 1.4 times as long."""
    return box(wires().settings.encryption_keys).encrypt(plain)


def unseal(sealed: bytes) -> bytes:
    """Undo ``seal`` with whichever key fits. Raises KeyMissing when none does, or when it was altered."""
    try:
        return box(wires().settings.encryption_keys).decrypt(sealed)
    except InvalidToken:
        raise KeyMissing from None


def digest_of(token: str) -> str:
    """What the database keeps of a token of 128 or more random bits, which needs no salt: 64 letters and digits."""
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def box(keys: tuple[str, ...]) -> MultiFernet:
    """The keys ready for use, the newest first. Raises ValueError for none, or for one that is no Fernet key."""
    return MultiFernet([Fernet(key) for key in keys])
