"""What makes a password good enough: long, not well known, not made of what everybody knows of the person.

No character classes are asked for: length and rarity are what guessing costs (NIST SP 800-63B, OWASP ASVS 5.0 6.2).
"""

from __future__ import annotations

import re

from kernel.errors import RuleBroken

SHORTEST = 12
LONGEST = 128
FEWEST_LETTERS = 5
"""How many different characters a password has at least."""

_STEMS = """
password passwort motdepasse wachtwoord contrasena qwerty qwertyuiop qwertz azerty asdfghjkl zxcvbnm iloveyou
letmein welcome welkom willkommen bienvenue administrator admin changeme secret trustno one monkey dragon sunshine
princess football baseball superman batman starwars master shadow michael jennifer charlie whatever computer
internet samsung google facebook linkedin microsoft windows summer winter spring autumn january february march april
may june july august september october november december monday launch roadmap crm test testing temporary default
guest user login access company correcthorsebatterystaple abc abcdef abcdefgh abcdefghijkl
"""
_COMMON_STEMS = frozenset(_STEMS.split())
_DISGUISES = str.maketrans("@0$31", "aosei")
_ROWS = ("qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "09876543210987654321")


def check_password(password: str, *, email: str = "", name: str = "", shortest: int = SHORTEST) -> None:
    """Raise RuleBroken, saying what is wrong and what would do, unless a password is good enough."""
    if len(password) < shortest:
        raise _broken("short", "Use at least %(least)d characters; a few unrelated words do well.", least=shortest)
    if len(password) > LONGEST:
        raise _broken("long", "Use at most %(most)d characters.", most=LONGEST)
    if _is_personal(password, email, name):
        raise _broken("personal", "Don't use your name or e-mail address as the password.")
    if len(set(password.lower())) < FEWEST_LETTERS or is_common(password):
        raise _broken("common", "That password is among the first that others would try. Use a few unrelated words.")


def is_common(password: str) -> bool:
    """Whether nothing is left of a password but well-known words, rows of keys, digits and signs.

    >>> is_common("Password123456!"), is_common("qwertyuiop[]"), is_common("otter lamp Tuesday")
    (True, True, False)
    """
    plain = password.lower()
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    return any(_is_only_known(text) for text in (plain, bare.translate(_DISGUISES)) if text)


def _is_only_known(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    return all(_is_known(word) for word in words) if words else text.isascii()


def _is_known(word: str) -> bool:
    return word in _COMMON_STEMS or len(word) < 3 or any(word in row or word in row[::-1] for row in _ROWS)


def _is_personal(password: str, email: str, name: str) -> bool:
    bare = _letters(password)
    own = {_letters(email), _letters(email.partition("@")[0]), _letters(name)} - {""}
    return any(bare == known or (len(known) >= 6 and bare.strip("0123456789") == known) for known in own)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def _broken(code: str, sentence: str, **params: object) -> RuleBroken:
    return RuleBroken(f"passwords.{code}", sentence, field="password", **params)
