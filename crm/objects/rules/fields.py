"""What a field is: its kind, whether it is required, and how its value is protected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PREFIX = "x_"
"""How the key of every field of one's own begins, so that one named "id" harms nobody."""
BETWEEN = ";"
"""What stands between several choices where they are kept."""


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LONG = "long text"
    EMAIL = "e-mail"
    PHONE = "phone"
    LINK = "link"
    ADDRESS = "address"
    NUMBER = "number"
    DECIMAL = "decimal number"
    PERCENT = "percent"
    MONEY = "money"
    CURRENCY = "currency"
    COUNTRY = "country"
    DATE = "date"
    MOMENT = "moment"
    TIME = "time"
    CHOICE = "choice"
    MULTI = "several choices"
    FLAG = "yes / no"
    PERSON = "person"
    TEAM = "team"
    RECORD = "record"


LONGEST: Mapping[Kind, int] = {Kind.LONG: 10_000, Kind.ADDRESS: 500, Kind.EMAIL: 254, Kind.PHONE: 40, Kind.TIME: 5}
"""How long a value of one's own field may be, by its kind; else 200."""


class Mark(StrEnum):
    """How a value is protected: personal data is masked by permission, sensitive data is also sealed at rest."""

    NONE = ""
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object; ``key`` is the column's name and the name in files and permissions.

    ``needed``: a record can't be kept without it. ``required``: it counts for completeness, and a record may be kept
    without it. ``choices`` are (value, label). ``target`` is the object that a RECORD field points to. ``written``
    False marks what only the product itself writes. ``listed``: a column of the list from the start. ``hidden``: this
    organisation does not use it, so that nobody meets it.

    A field of one's own has the number of its row in ``own`` and a key that begins with ``x_``. Its ``default`` is
    plain, as JSON holds it. Of its choices those may be taken that ``among`` names for the value of the field
    ``depends_on``; ``levels`` are (role, level) where a role differs from what is usual. ``carried`` are
    (object, field) that get the value when a lead is converted.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    needed: bool = False
    required: bool = False
    mark: Mark = Mark.NONE
    choices: tuple[tuple[str, str], ...] = ()
    target: str = ""
    longest: int = 200
    written: bool = True
    listed: bool = False
    help: str = ""
    hidden: bool = False
    own: int = 0
    unique: bool = False
    default: Any = None
    depends_on: str = ""
    among: tuple[tuple[str, tuple[str, ...]], ...] = ()
    levels: tuple[tuple[str, str], ...] = ()
    carried: tuple[tuple[str, str], ...] = ()

    @property
    def sealed(self) -> bool:
        """Whether its value lies sealed in the database."""
        return self.mark is Mark.SENSITIVE

    @property
    def counts(self) -> bool:
        """Whether the field counts for completeness."""
        return self.needed or self.required

    def said(self, value: str | None) -> str:
        """The label of a choice, or of several; the value itself where it is none.

        >>> Field("x_rooms", "Rooms", Kind.MULTI, choices=(("hall", "Hall"), ("attic", "Attic"))).said("hall;attic")
        'Hall, Attic'
        """
        labels = dict(self.choices)
        parts = (value or "").split(BETWEEN) if self.kind is Kind.MULTI else [value or ""]
        return ", ".join(labels.get(each, each) for each in parts)

    def offered(self, controlling: object) -> tuple[tuple[str, str], ...]:
        """The choices that may be taken while the field that it depends on holds this value."""
        if not self.depends_on:
            return self.choices
        named = dict(self.among).get(str(controlling or ""), ())
        return tuple(each for each in self.choices if each[0] in named)
