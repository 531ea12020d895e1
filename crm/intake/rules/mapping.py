"""The mapping of a file: which column fills which field, how its days and numbers are written, what words become.

    {"object": "opportunity", "key": ["opportunity_id"],
     "columns": {"close_date": {"to": "closes_on", "date": "%m/%d/%Y"}, "close_value": {"to": "amount"}},
     "values": {"product": {"GTXPro": "GTX Pro"}}}

``key`` names the columns that say which record a row is: the same file twice is the same as once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Field, Kind
from kernel.errors import RuleBroken

NOT_TAKEN = ""
"""What a column fills that is not taken over."""
OLDER = (Field("created_at", "Created", Kind.MOMENT), Field("closed_at", "Closed at", Kind.MOMENT))
"""Fields that only the product itself writes, and that a file may bring along: when something was made, or ended."""
ALIASES: Mapping[str, Mapping[str, str]] = {
    "opportunity": {
        "closed_on": "closes_on",
        "close_date": "closes_on",
        "stage": "stage_id",
        "deal_stage": "stage_id",
        "value": "amount",
        "close_value": "amount",
        "product": "product_line",
        "sales_agent": "owner_id",
        "engage_date": "created_at",
    },
    "lead": {
        "status_reason": "disqualified_reason",
        "company_name": "company",
        "mail": "email",
        "mobile": "phone",
        "lead_source": "source",
    },
    "account": {
        "company": "name",
        "company_name": "name",
        "sector": "industry",
        "account": "name",
        "type": "kind",
        "subsidiary_of": "parent_id",
    },
    "contact": {
        "company": "account_id",
        "position": "title",
        "mail": "email",
        "mobile": "phone",
        "lead_source": "source",
    },
    "activity": {"subject": "name", "type": "kind", "date": "occurred_at", "notes": "description"},
    "campaign": {"type": "kind", "start": "starts_on", "end": "ends_on"},
    "product": {"sku": "code", "series": "line", "sales_price": "price"},
}
"""Other names that files give to fields, by object."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What one column becomes: the key of a field; ``date`` is a strptime format, ``decimal`` the mark of decimals."""

    to: str
    date: str = ""
    decimal: str = ""


@dataclass(frozen=True, slots=True)
class FileMap:
    """The meaning of a whole file. ``values``: by column, the word in the file and the word that is meant."""

    object: str
    key: tuple[str, ...] = ()
    columns: Mapping[str, ColumnMap] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def taken(self) -> dict[str, ColumnMap]:
        """The columns that fill a field."""
        return {head: each for head, each in self.columns.items() if each.to != NOT_TAKEN}


def fields_for_files(subject: ObjectType) -> dict[str, Field]:
    """The fields that a file may fill, by key."""
    older = [each for each in OLDER if subject.has(each.key)]
    return {each.key: each for each in (*subject.written, *older)}


def field_named(subject: ObjectType, name: str) -> Field | None:
    """The field that a name stands for: its key, its label, or a name that files use; None for no field.

    >>> from crm.objects.rules.catalogue import OPPORTUNITY
    >>> [field_named(OPPORTUNITY, name).key for name in ("Close date", "amount", "Deal_Stage", "owner")]
    ['closes_on', 'amount', 'stage_id', 'owner_id']
    """
    fields = fields_for_files(subject)
    plain = _plain(name)
    named = {_plain(each.label): key for key, each in fields.items()}
    named |= {_plain(key.removesuffix("_id")): key for key in fields} | {_plain(key): key for key in fields}
    aliases = {_plain(alias): key for alias, key in ALIASES.get(subject.key, {}).items()}
    key = named.get(plain) or aliases.get(plain)
    return None if key is None else fields.get(key)


def guess(subject: ObjectType, heads: Sequence[str]) -> FileMap:
    """What the columns of a file probably mean; each field is filled by one column, the first that fits."""
    columns: dict[str, ColumnMap] = {}
    filled: set[str] = set()
    for head in heads:
        found = field_named(subject, head)
        to = found.key if found is not None and found.key not in filled else NOT_TAKEN
        filled.add(to)
        columns[head] = ColumnMap(to)
    return FileMap(subject.key, _guessed_key(subject, heads), columns)


def _guessed_key(subject: ObjectType, heads: Sequence[str]) -> tuple[str, ...]:
    names = {"id", "number", "externalid", f"{_plain(subject.key)}id", f"{_plain(subject.key)}number"}
    return next(((head,) for head in heads if _plain(head) in names), ())


def read(document: object, subject: ObjectType, heads: Sequence[str]) -> FileMap:
    """The mapping of a mapping file, for a file with these columns. Raises RuleBroken that names what is wrong."""
    if not isinstance(document, Mapping):
        raise _wrong("it holds no object", "an object with “columns”")
    named = document.get("object", subject.key)
    if named not in (subject.key, subject.plural):
        raise _wrong(f"its object is “{named}”", f"“{subject.key}”")
    columns = {str(head): _column(subject, str(head), each) for head, each in _object(document, "columns").items()}
    values = {
        str(head): {str(old): str(new) for old, new in _as_object(each, f"values of {head}").items()}
        for head, each in _object(document, "values").items()
    }
    key = document.get("key", [])
    key = tuple(str(each) for each in ([key] if isinstance(key, str) else key)) if isinstance(key, (str, list)) else ()
    found = FileMap(subject.key, key, columns, values)
    _check_heads(found, heads)
    return found


def written(mapping: FileMap) -> dict[str, Any]:
    """The mapping as a mapping file holds it.

    >>> written(FileMap("lead", ("Nr",), {"Nr": ColumnMap(""), "Mail": ColumnMap("email")}))
    {'object': 'lead', 'key': ['Nr'], 'columns': {'Mail': {'to': 'email'}}, 'values': {}}
    """
    columns = {
        head: {
            name: value for name, value in (("to", each.to), ("date", each.date), ("decimal", each.decimal)) if value
        }
        for head, each in mapping.taken.items()
    }
    return {
        "object": mapping.object,
        "key": list(mapping.key),
        "columns": columns,
        "values": {head: dict(words) for head, words in mapping.values.items()},
    }


def check(mapping: FileMap, subject: ObjectType) -> None:
    """Refuse a mapping that can't work: nothing filled, a field filled twice, a needed field left out."""
    targets = [each.to for each in mapping.taken.values()]
    if not targets:
        raise RuleBroken("imports.nothing", "Say for one column at least which field it fills.")
    twice = sorted({each for each in targets if targets.count(each) > 1})
    if twice:
        label = fields_for_files(subject)[twice[0]].label
        raise RuleBroken("imports.twice", "Two columns fill “%(label)s”. Choose one of them.", label=label)
    missing = [each.label for each in subject.written if each.needed and each.key not in (*targets, *_GIVEN)]
    if missing and not mapping.key:
        raise RuleBroken(
            "imports.missing",
            "No column fills %(fields)s, which is needed. Choose a column for it.",
            fields=", ".join(f"“{label}”" for label in missing),
        )


_GIVEN = frozenset({"status", "stage_id", "currency", "state", "kind"})
"""Needed fields that have a value of their own where a file brings none."""


def _column(subject: ObjectType, head: str, given: object) -> ColumnMap:
    each = {"to": given} if isinstance(given, str) else _as_object(given, f"column {head}")
    name = str(each.get("to") or "")
    found = field_named(subject, name) if name else None
    if name and found is None:
        known = list(fields_for_files(subject))
        near = get_close_matches(name, known, 1)
        raise _wrong(f"the column “{head}” fills “{name}”", f"“{near[0]}”" if near else f"one of {', '.join(known)}")
    return ColumnMap(found.key if found else NOT_TAKEN, str(each.get("date") or ""), str(each.get("decimal") or ""))


def _check_heads(mapping: FileMap, heads: Sequence[str]) -> None:
    for head in (*mapping.key, *mapping.taken, *mapping.values):
        if head not in heads:
            near = get_close_matches(head, list(heads), 1)
            raise RuleBroken(
                "imports.head",
                "The file has no column “%(head)s”. %(hint)s",
                head=head,
                hint=f"Did you mean “{near[0]}”?" if near else f"It has {', '.join(heads[:20])}.",
            )


def _object(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return _as_object(document.get(name, {}), name)


def _as_object(found: object, name: str) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise _wrong(f"“{name}” holds no object", "names with what they stand for")
    return found


def _wrong(what: str, right: str) -> RuleBroken:
    return RuleBroken(
        "imports.mapping", "The mapping file can't be used: %(what)s; it should be %(right)s.", what=what, right=right
    )


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
