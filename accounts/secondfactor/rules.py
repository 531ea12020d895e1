"""Codes of an authenticator app (RFC 6238: SHA-1, 6 digits, 30 seconds) and recovery codes."""

from __future__ import annotations

import hmac
import re
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DRIFT = 1
"""How many steps the clock of a phone may be before or behind ours."""
RECOVERY_CODES = 10
RECOVERY_BYTES = 15
"""120 bits: as many as need no salt and no slow hashing (ASVS 5.0, 6.5.2)."""
_RECOVERY_LETTERS = 24
ISSUER = "Launch90"
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's alphabet: no letter that is mistaken for a digit."""
_MEANT = str.maketrans("oil", "011")


def step_of(now: datetime) -> int:
    """The number of the step of 30 seconds that a moment lies in."""
    return int(now.timestamp()) // STEP_SECONDS


def accepted_step(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The step whose code was typed, if it is near enough and later than the last one that was accepted.

    A code works once: remember the step and hand it in as ``last_step`` the next time.
    """
    typed = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", typed):
        return None
    shown = pyotp.TOTP(secret)
    near = range(step_of(now) - DRIFT, step_of(now) + DRIFT + 1)
    fits = [step for step in near if hmac.compare_digest(shown.generate_otp(max(step, 0)), typed)]
    return next((step for step in fits if step > last_step), None)


def address_of(secret: str, account: str) -> str:
    """The address that the picture holds and an app reads.

    >>> address_of("JBSWY3DPEHPK3PXPJBSWY3DP", "ann@example.org")
    'otpauth://totp/Launch90:ann%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DP&issuer=Launch90'
    """
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)


def grouped(secret: str) -> str:
    """The secret as one types it.

    >>> grouped("JBSWY3DPEHPK3PXP")
    'JBSW Y3DP EHPK 3PXP'
    """
    return " ".join(re.findall(".{1,4}", secret))


def recovery_code(chance: bytes) -> str:
    """A recovery code made of 120 random bits.

    >>> recovery_code(bytes(range(15)))
    '000g-40r4-0m30-e209-185g-r38e'
    """
    number = int.from_bytes(chance[:RECOVERY_BYTES])
    letters = "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(_RECOVERY_LETTERS)))
    return "-".join(re.findall(".{4}", letters))


def cleaned_recovery_code(typed: str) -> str:
    """What was typed as it was shown, whatever the reader took a digit for.

    >>> cleaned_recovery_code(" OOOg 4or4 0M30E2O9185GR38E ")
    '000g-40r4-0m30-e209-185g-r38e'
    """
    letters = re.sub(r"[^0-9a-z]", "", typed.lower()).translate(_MEANT)
    return "-".join(re.findall(".{1,4}", letters))
