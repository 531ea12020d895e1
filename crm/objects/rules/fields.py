"""What a field is: its kind, whether it is required, and how its value is protected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LONG = "long text"
    EMAIL = "e-mail"
    PHONE = "phone"
    LINK = "link"
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"
    CURRENCY = "currency"
    COUNTRY = "country"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    FLAG = "yes / no"
    PERSON = "person"
    TEAM = "team"
    RECORD = "record"


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
    False marks what only the product itself writes. ``listed``: a column of the list from the start.
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

    @property
    def counts(self) -> bool:
        """Whether the field counts for completeness."""
        return self.needed or self.required

    def said(self, value: str | None) -> str:
        """The label of a choice; the value itself where it is none."""
        return dict(self.choices).get(value or "", value or "")
