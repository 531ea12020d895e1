"""What the tables of all records have in common, values of one's own fields among it; and the table of these fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    cast,
    func,
    text,
    type_coerce,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.orm.decl_api import DeclarativeAttributeIntercept
from sqlalchemy.types import TypeDecorator

from crm.objects.rules import own
from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import PREFIX, Field, Kind
from infra.database import Amount, Base, Instant
from infra.sealed import SealedText

LIVE = text("deleted_at IS NULL")
"""The condition of the indexes that lists use: what lies in the recycle bin is in none of them."""


class OwnField(Base):
    """A field of one's own (``kind`` says what it holds), or what differs about one that ships (``kind`` is empty).

    ``needed``: no record is entered without it. ``required``: it counts for completeness. ``choices`` are pairs of
    value and label, ``among`` maps values of the field ``depends_on`` to the choices that go with them, ``levels``
    roles to hide, read or write. ``carried`` maps the objects that a lead becomes to the fields that get its value.
    One that was deleted keeps its values until ``deleted_at`` is long ago.
    """

    __tablename__ = "crm_own_field"
    __table_args__ = (UniqueConstraint("object", "key"),)
    audit_label = "label"
    audit_scope = "crm"

    object: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(40))
    label: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(20), default="")
    position: Mapped[int] = mapped_column(default=0)
    needed: Mapped[bool] = mapped_column(default=False)
    required: Mapped[bool] = mapped_column(default=False)
    hidden: Mapped[bool] = mapped_column(default=False)
    unique: Mapped[bool] = mapped_column(default=False)
    listed: Mapped[bool] = mapped_column(default=False)
    mark: Mapped[str] = mapped_column(String(10), default="")
    help: Mapped[str] = mapped_column(String(300), default="")
    default: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    choices: Mapped[list[Any]] = mapped_column(JSON, default=list)
    depends_on: Mapped[str] = mapped_column(String(40), default="")
    among: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    levels: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    carried: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)


class OwnCheck(Base):
    """A rule over several fields: a record is refused with ``message`` where its conditions hold, all or ``any``.

    A condition is a field's key, how it is compared, and a value as JSON holds it or the key of another field.
    """

    __tablename__ = "crm_own_check"
    audit_scope = "crm"

    object: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    message: Mapped[str] = mapped_column(String(300))
    any: Mapped[bool] = mapped_column(default=False)
    conditions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)


class OwnLayout(Base):
    """How the fields of an object stand on forms and pages for a role, or for everybody where none is named.

    ``sections`` are a title and the keys of its fields each; fields in none of them are left out.
    """

    __tablename__ = "crm_own_layout"
    __table_args__ = (UniqueConstraint("object", "role_key"),)
    audit_label = "object"
    audit_scope = "crm"

    object: Mapped[str] = mapped_column(String(20))
    role_key: Mapped[str] = mapped_column(String(40), default="")
    sections: Mapped[list[Any]] = mapped_column(JSON, default=list)


class Day(TypeDecorator[date]):
    """A day that lies as text in JSON: texts of days are in the order of days."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: date | None, _dialect: Dialect) -> str | None:
        """The day as text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> date | None:
        """The text as a day."""
        return None if value is None else date.fromisoformat(value)


class Exact(TypeDecorator[Decimal]):
    """A number with places: compared as a number, read as it was written."""

    impl = Float
    cache_ok = True

    def process_bind_param(self, value: Decimal | float | None, _dialect: Dialect) -> float | None:
        """The number as the database compares it."""
        return None if value is None else float(value)

    def process_result_value(self, value: float | None, _dialect: Dialect) -> Decimal | None:
        """The number with its places."""
        return None if value is None else Decimal(str(value))


class SealedPart(SealedText):
    """One of the values that lie sealed together."""

    cache_ok = True

    def __init__(self, key: str = "") -> None:
        """The value with this key."""
        super().__init__()
        self.key = key

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Unseal all of them, give the one."""
        return opened(super().process_result_value(value, dialect)).get(self.key)


class OwnTable(DeclarativeAttributeIntercept):
    """Lets a table answer for fields of one's own as for its columns: ``Lead.x_rooms`` in SQL."""

    def __getattr__(cls, key: str) -> Any:  # noqa: N805  # a metaclass: what it makes is a class
        """A field of one's own as SQL."""
        return expression(cls, _field(cls, key))


class OwnValues(metaclass=OwnTable):
    """What a table has whose records have fields of one's own.

    Their values lie in ``more`` by their keys, sensitive ones sealed in ``more_sealed``; they are read and written as
    attributes, ``lead.x_rooms``, like columns.
    """

    bundles = frozenset({"more", "more_sealed"})

    more: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    more_sealed: Mapped[str | None] = mapped_column(SealedText)

    def __getattr__(self, key: str) -> Any:
        """The value of one of one's own fields."""
        field = _field(type(self), key)
        kept = opened(self.more_sealed) if field.sealed else self.more or {}
        return own.loaded(field, kept.get(key))

    def __setattr__(self, key: str, value: Any) -> None:
        """Write a value, of a field of one's own into the column that holds it."""
        if key.startswith(PREFIX):
            put(self, _field(type(self), key), value)
        else:
            super().__setattr__(key, value)


class Record(OwnValues):
    """What every record has: whose it is, where it came from, and whether it lies in the recycle bin.

    ``origin`` is one of the catalogue's ORIGINS; ``merged_into_id`` leads from a merged record to the one that stays.
    """

    audit_scope = "crm"

    name: Mapped[str] = mapped_column(String(250))
    origin: Mapped[str] = mapped_column(String(12), default="entered")
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_by: Mapped[int | None]
    merged_into_id: Mapped[int | None]

    @declared_attr
    def owner_id(self) -> Mapped[int | None]:
        """Whose record it is."""
        return mapped_column(ForeignKey("person.id"))

    @declared_attr
    def team_id(self) -> Mapped[int | None]:
        """The team that it belongs to: that of the owner when they got it."""
        return mapped_column(ForeignKey("team.id"))


def live_indexes(table: str, *columns: str) -> tuple[Index, ...]:
    """Partial indexes over live rows; each column, or columns joined by commas, gives one."""
    return tuple(
        Index(
            f"ix_{table}_{'_'.join(part.strip() for part in each.split(','))}",
            *(part.strip() for part in each.split(",")),
            sqlite_where=LIVE,
            postgresql_where=LIVE,
        )
        for each in columns
    )


def author_index(table: str) -> Index:
    """What people wrote themselves: small where most records were brought along, and enough to tell who wrote any."""
    written = text("deleted_at IS NULL AND created_by IS NOT NULL")
    columns = ("created_by", "owner_id", "origin")
    return Index(f"ix_{table}_created_by", *columns, sqlite_where=written, postgresql_where=written)


class Place:
    """Where somebody is found."""

    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    country: Mapped[str] = mapped_column(String(2), default="")


class Named:
    """Somebody's name in parts; ``name`` is made of both."""

    first_name: Mapped[str] = mapped_column(String(120), default="")
    last_name: Mapped[str] = mapped_column(String(120))


def _field(table: Any, key: str) -> Field:
    """A field of one's own by its key. Raises AttributeError: whoever asks for an attribute expects that."""
    name = vars(table).get("__tablename__", "") if key.startswith(PREFIX) else ""
    subject = OBJECTS[kind] if (kind := name.removeprefix("crm_")) in OBJECTS else None
    if subject is None or not subject.has(key):
        raise AttributeError(key)
    return subject.field(key)


def opened(sealed: str | None) -> dict[str, Any]:
    """What lies in the sealed column."""
    return dict(json.loads(sealed)) if sealed else {}


def put(record: Any, field: Field, value: Any) -> None:
    """Write the value of one of one's own fields; nothing is not kept."""
    plain = own.stored(field, value)
    if field.sealed:
        kept = _with(opened(record.more_sealed), field.key, plain)
        record.more_sealed = json.dumps(kept) if kept else None
    else:
        record.more = _with(record.more or {}, field.key, plain)


def _with(kept: Mapping[str, Any], key: str, plain: Any) -> dict[str, Any] | None:
    found = {**kept, key: plain} if plain is not None else {name: each for name, each in kept.items() if name != key}
    return found or None


def packed(fields: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that hold the values of one's own fields, for a row that is inserted without a record."""
    plain: dict[str, Any] = {}
    sealed: dict[str, Any] = {}
    for each in fields:
        found = own.stored(each, values.get(each.key))
        if found is not None:
            (sealed if each.sealed else plain)[each.key] = found
    return {"more": plain or None, "more_sealed": json.dumps(sealed) if sealed else None}


def expression(table: Any, field: Field) -> ColumnElement[Any]:
    """The value of one of one's own fields as SQL, typed as a column of its kind would be."""
    if field.sealed:
        return type_coerce(table.more_sealed, SealedPart(field.key))
    part = table.more[field.key]
    typed = _TYPED.get(field.kind)
    found: ColumnElement[Any] = typed(part) if typed else part.as_string()
    return found


_TYPED: Mapping[Kind, Callable[[Any], ColumnElement[Any]]] = {
    Kind.NUMBER: lambda part: part.as_integer(),
    Kind.PERCENT: lambda part: part.as_integer(),
    Kind.FLAG: lambda part: part.as_boolean(),
    Kind.DATE: lambda part: type_coerce(part.as_string(), Day),
    Kind.DECIMAL: lambda part: type_coerce(cast(part.as_string(), Float), Exact),
    Kind.MONEY: lambda part: type_coerce(
        cast(func.round(cast(part.as_string(), Numeric(20, 4)) * 100), BigInteger), Amount
    ),
}
"""How each kind is read from JSON; all others are texts."""
