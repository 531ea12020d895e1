"""Whose data it is, how a table hangs on people, and what becomes of its rows when somebody is erased."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

ERASED = "(erased)"
"""What stands where somebody's words or name stood."""
CODE_LENGTH = 60
"""Texts that may be no longer than this are taken for codes, unless their name says that they are somebody's."""
SEALS = ("hash", "token", "digest", "password", "secret", "secret_text", "fs_uniquifier", "reference")
"""Endings of columns that hold what lets somebody in, or proves a content: they are nobody's words."""
_NAMED = ("name", "email", "phone", "address", "author", "title", "label", "value", "page", "browser")
_ADDRESSES = frozenset(
    {"email", "recipient", "requester_email", "sender", "sender_email", "from_address", "to_address", "reply_to"}
)
_PERSONS = frozenset(
    {
        *("author_id", "created_by", "deleted_by", "changed_by", "person_id", "entered_by", "added_by", "shared_by"),
        *("asked_by", "decided_by", "opened_by", "closed_by", "given_by", "issued_by_id", "decided_by_id", "by_id"),
        *("actor_id", "owner_id", "made_by", "handled_by", "sent_by", "used_by", "verified_by", "requester_id"),
    }
)
_ASKS = frozenset({"requester_id"})
"""Columns with whom a row is about, although they work here: they asked for something, they did not work on it."""
_SHORTEST_NEEDLE = 4


class Fate(StrEnum):
    """What becomes of a row that says something of a person who is erased."""

    KEPT = "kept"
    SCRUBBED = "scrubbed"
    BLANKED = "blanked"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody whose data is asked for: a person who works here, records that are this person, and their addresses.

    ``records`` are (table, number); ``name`` is what they are called, and what is looked for in texts.
    """

    name: str
    person_id: int | None = None
    records: tuple[tuple[str, int], ...] = ()
    addresses: frozenset[str] = frozenset()

    @property
    def keys(self) -> list[str]:
        """The rows that are this person, as the trail names them."""
        own = [f"person:{self.person_id}"] if self.person_id is not None else []
        return [*own, *(f"{table}:{number}" for table, number in self.records)]


@dataclass(frozen=True, slots=True)
class Held:
    """What a table holds of people: a heading, and what becomes of its rows.

    ``fate`` is that of rows about an outsider, ``of_person`` that of rows of somebody who works here. ``values`` are
    what a blanked row gets, or ``module:function`` from the row to them; empty: every free text is emptied. ``theirs``:
    what hangs on such a row belongs to the outsider too, ``theirs_at_work``: to whoever works here. ``told`` False
    leaves rows out of the access file.
    """

    table: str
    title: str
    fate: Fate = Fate.BLANKED
    of_person: Fate = Fate.KEPT
    values: Mapping[str, Any] | str = field(default_factory=dict)
    theirs: bool = False
    theirs_at_work: bool = False
    told: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table that are about somebody, each with its columns and how it is about them."""

    table: str
    title: str
    rows: tuple[Mapping[str, Any], ...]
    roles: Mapping[int, frozenset[str]]
    direct: bool = True

    @property
    def ids(self) -> list[int]:
        """The numbers of the rows."""
        return [row["id"] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Step:
    """What an erasure does to the rows of one table: the new values of each, by its number."""

    table: str
    title: str
    fate: Fate
    changes: Mapping[int, Mapping[str, Any]]
    rows: tuple[Mapping[str, Any], ...] = ()


def names_a_person(column: str) -> bool:
    """Whether a number in a column without a reference is that of a person.

    >>> names_a_person("created_by"), names_a_person("amount")
    (True, False)
    """
    return column in _PERSONS


def works(column: str) -> bool:
    """Whether whom a column names works on the row, rather than being whom it is about.

    >>> works("owner_id"), works("requester_id")
    (True, False)
    """
    return column not in _ASKS


def names_an_address(column: str) -> bool:
    """Whether a column holds e-mail addresses."""
    return column in _ADDRESSES


def holds_words(column: str, longest: int | None) -> bool:
    """Whether a text column may hold what somebody said or is called; a short one is a code.

    >>> holds_words("description", None), holds_words("state", 20), holds_words("requester_name", 40)
    (True, False, True)
    """
    if column.endswith(SEALS):
        return False
    return longest is None or longest > CODE_LENGTH or any(column.endswith(each) for each in _NAMED)


def name_beside(column: str) -> tuple[str, ...]:
    """Columns that may hold by value the name of the person whom another column numbers.

    >>> name_beside("author_id"), name_beside("issued_by_id")
    (('author_name', 'author'), ('issued_by_name', 'issued_by'))
    """
    root = column.removesuffix("_id")
    return (f"{root}_name", *((root,) if root != column else ()))


def needles(who: Who) -> list[str]:
    """What is looked for in texts that stay: the name if it is one of several words, and the addresses."""
    found = {who.name} if " " in who.name.strip() else set()
    return sorted((each for each in found | who.addresses if len(each) >= _SHORTEST_NEEDLE), key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Mention:
    """A text in which somebody is named: the row that it stands in or is about, its column, and the words around."""

    title: str
    key: str
    column: str
    excerpt: str


def excerpt(text: str, wanted: Iterable[str], around: int = 60) -> str:
    """The words around the first name or address in a text.

    >>> excerpt("Yesterday I spoke with Ines Maertens about it", ["Ines Maertens"], 6)
    '…with Ines Maertens about…'
    """
    found = next((each for each in (re.search(re.escape(one), text, re.IGNORECASE) for one in wanted) if each), None)
    if found is None:
        return ""
    start, end = max(0, found.start() - around), found.end() + around
    return f"{'…' if start else ''}{' '.join(text[start:end].split())}{'…' if end < len(text) else ''}".replace(
        "……", "…"
    )


def scrubbed(text: str, wanted: Iterable[str]) -> str:
    """A text without somebody's name and addresses.

    >>> scrubbed("Call INES MAERTENS back", ["Ines Maertens"])
    'Call (erased) back'
    """
    for each in wanted:
        text = re.sub(re.escape(each), ERASED, text, flags=re.IGNORECASE)
    return text
