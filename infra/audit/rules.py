"""The arithmetic of the trail: what one entry commits to, and how entries hang together.

The chain covers a salted digest of each value, not the value itself: erasing a person removes value and salt, the
digest stays, the chain still verifies.

An entry is kept in one of two forms. *Whole*, while nothing of it was erased: its values and one salt, from which the
salts of its values are drawn; the digests follow from both. *Expanded*: a salt and a digest a value, written out. Both
commit to the same digests, so that an entry goes from the first form to the second and the chain does not notice.
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256, shake_256
from json.encoder import encode_basestring
from typing import Any, cast

GENESIS = "0" * 64
HIDDEN = "hidden"


class Kind(StrEnum):
    """What an entry says happened."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    NOTED = "noted"


class State(StrEnum):
    """What a check of one entry found."""

    SOUND = "sound"
    ERASED = "erased"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the chain covers of an entry."""

    at: str
    kind: str
    action: str
    subject: str
    scope: str
    transaction_id: str
    digests: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """The values of an entry that are still there, their salts, and the digests that the chain covers."""

    values: Mapping[str, object]
    salts: Mapping[str, str]
    digests: Mapping[str, str]


_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
"""Made once: ``json.dumps`` makes an encoder each time, and a trail of a million rows has twenty million values."""


_SALT = 32
"""Hex digits of a value's salt."""


_CHANCE = 16
"""Bytes of chance in the salt of an entry."""
_AT_ONCE = 64
"""So many salts are drawn from the system at a time: asking for each takes longer than all else about it."""


def new_salts() -> Iterator[str]:
    """Salts of new entries without end: each 128 bits of chance in 22 characters.

    >>> len(next(new_salts()))
    22
    """
    while True:
        chance = secrets.token_bytes(_CHANCE * _AT_ONCE)
        for place in range(0, len(chance), _CHANCE):
            yield urlsafe_b64encode(chance[place : place + _CHANCE]).decode().rstrip("=")


def drawn(salt: str, names: Iterable[str]) -> dict[str, str]:
    """The salts of an entry's values, drawn from the entry's own: one stream (SHAKE-256), cut in the order of names.

    Nobody can tell from some of them what the others were, nor the entry's.
    """
    cuts = _cuts(tuple(names))
    stream = _stream(salt, len(cuts))
    return {name: stream[cut] for name, _text, cut in cuts}


def _stream(salt: str, count: int) -> str:
    return shake_256(salt.encode()).hexdigest(_SALT // 2 * count)


@lru_cache(maxsize=1024)  # rows of one table name the same fields
def _cuts(names: tuple[str, ...]) -> tuple[tuple[str, str, slice], ...]:
    """Each name in order, the name as JSON, and where its salt stands in the stream."""
    return tuple(
        (name, encode_basestring(name), slice(place * _SALT, place * _SALT + _SALT))
        for place, name in enumerate(sorted(names))
    )


def opened(
    values: Mapping[str, object], salt: str | None, salts: Mapping[str, str], digests: Mapping[str, str]
) -> Opened:
    """An entry as if it were expanded, whichever form it is kept in; ``salt`` is None where it is expanded.

    What a whole entry has of digests beside its salt was put there by somebody: it is covered, so that it is found.

    >>> one = opened({"name": "Ann"}, "s", {}, {})
    >>> one == opened({"name": "Ann"}, None, one.salts, one.digests)
    True
    """
    if salt is None:
        return Opened(values, salts, digests)
    own = drawn(salt, values)
    return Opened(values, own, {**digests, **{name: digest(value, own[name]) for name, value in values.items()}})


def digest(value: object, salt: str) -> str:
    """The salted SHA-256 of a value's canonical JSON, in hex.

    >>> digest("Ann", "s") == digest("Ann", "s"), digest("Ann", "s") == digest("Ann", "t")
    (True, False)
    """
    return sha256(f"{salt}|{canonical(value)}".encode()).hexdigest()


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: one text for one value."""
    if value.__class__ is list and len(cast("list[object]", value)) == _PAIR:  # old and new: nearly all there is
        old, new = cast("list[object]", value)
        before = "null" if old is None else _WRITERS.get(old.__class__, _ENCODE)(old)
        return f"[{before},{_WRITERS.get(new.__class__, _ENCODE)(new)}]"
    return _WRITERS.get(value.__class__, _ENCODE)(value)


_PAIR = 2
_WRITERS: Mapping[type, Callable[[Any], str]] = {str: encode_basestring, int: repr, type(None): lambda _nothing: "null"}
"""What the encoder would write of plain values, without its detours: two thirds of the time of a digest."""


def link(previous: str, sequence: int, sealed: Sealed) -> str:
    """The hash of an entry: over the hash before it, its place and what it commits to."""
    facts = (sealed.at, sealed.kind, sealed.action, sealed.subject, sealed.scope, sealed.transaction_id)
    kept = sealed.digests
    digests = ",".join([f"{encode_basestring(name)}:{encode_basestring(str(kept[name]))}" for name in sorted(kept)])
    return _hashed(previous, sequence, facts, digests)


def link_new(previous: str, sequence: int, facts: Iterable[str], texts: Mapping[str, str], salt: str) -> str:
    """What `link` gives for an entry that is about to be written whole, without its digests being kept on the way.

    ``facts`` are those of Sealed in their order; ``texts`` the canonical texts of all its values.
    """
    cuts = _cuts(tuple(texts))
    stream = _stream(salt, len(cuts))
    digests = [
        f'{quoted}:"{sha256(f"{stream[cut]}|{texts[name]}".encode()).hexdigest()}"' for name, quoted, cut in cuts
    ]
    return _hashed(previous, sequence, facts, ",".join(digests))


def _hashed(previous: str, sequence: int, facts: Iterable[str], digests: str) -> str:
    content = ",".join(map(encode_basestring, facts))
    text = f"[{encode_basestring(previous)},{sequence},[{content}],{{{digests}}}]"  # what `canonical` makes of it
    return sha256(text.encode()).hexdigest()


def canonical_fields(texts: Mapping[str, str]) -> str:
    """The JSON of an object whose values are JSON already, in the order in which they came.

    >>> canonical_fields({"name": "[null,1]", "city": "null"})
    '{"name":[null,1],"city":null}'
    """
    return f"{{{','.join([f'{encode_basestring(name)}:{text}' for name, text in texts.items()])}}}"


def check_values(values: Mapping[str, object], salts: Mapping[str, str], digests: Mapping[str, str]) -> State:
    """Compare the values that are still there with their digests; a missing value with its salt gone was erased."""
    state = State.SOUND
    for name, expected in digests.items():
        if name not in values and name not in salts:
            state = State.ERASED
        elif name not in values or digest(values[name], salts.get(name, "")) != expected:
            return State.ALTERED
    return State.ALTERED if set(values) - set(digests) else state
