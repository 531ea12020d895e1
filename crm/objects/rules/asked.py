"""What is asked of a record before it is kept: what is needed, how much fits, which choices, and what goes together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.checks import broken
from crm.objects.rules.fields import BETWEEN, Kind
from kernel.errors import RuleBroken


def needed(key: str, label: str) -> RuleBroken:
    """The problem with a record that lacks what it can't be kept without.

    >>> needed("name", "Name").message
    'Name is needed.'
    """
    return RuleBroken("crm.needed", "%(label)s is needed.", field=key, label=label)


def check(subject: ObjectType, values: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """Refuse a record as it would be. What it lacked ``before`` already holds nobody up; None: somebody enters it."""
    for key, label, must, own, longest, choices in _limits(subject):
        value = values.get(key)
        if value is None or value == "":
            if must and (not own or before is None or before.get(key)):
                raise needed(key, label)
            continue
        if not isinstance(value, str):
            continue
        if len(value) > longest:
            raise RuleBroken(
                "crm.too_long",
                "%(label)s has %(length)d characters; at most %(limit)d fit.",
                field=key,
                label=label,
                length=len(value),
                limit=longest,
            )
        if choices and value not in choices and not (before and before.get(key) == value):
            _check_parts(key, value, choices)


def check_together(subject: ObjectType, values: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """Refuse choices that don't go together, and what a rule over several fields refuses."""
    for each in subject.own:
        chosen = values.get(each.key)
        if (
            not each.depends_on
            or not chosen
            or (
                before is not None
                and before.get(each.key) == chosen
                and before.get(each.depends_on) == values.get(each.depends_on)
            )
        ):
            continue
        open_ = {value for value, _label in each.offered(values.get(each.depends_on))}
        if not set(chosen.split(BETWEEN)) <= open_:
            other = subject.field(each.depends_on)
            raise RuleBroken(
                "crm.depends",
                "“%(value)s” does not go with %(other)s “%(chosen)s”.",
                field=each.key,
                value=each.said(chosen),
                other=other.label,
                chosen=other.said(str(values.get(other.key) or "")) or "–",
            )
    if subject.checks and (found := broken(subject.checks, values, before)):
        raise RuleBroken("crm.check", "%(message)s", field=found.conditions[0].field, message=found.message)


def _check_parts(key: str, value: str, choices: frozenset[str]) -> None:
    """Refuse what is none of the choices; only a field of several choices has one that is empty."""
    for each in value.split(BETWEEN) if "" in choices else [value]:
        if each not in choices:
            raise RuleBroken("crm.choice", "“%(value)s” is none of the choices.", field=key, value=each[:60])


@lru_cache(64)
def _limits(subject: ObjectType) -> tuple[tuple[str, str, bool, bool, int, frozenset[str]], ...]:
    """What is asked of each field that holds text or is needed: laid out once, because it is asked a million times.

    What nobody can fill in because it is hidden is not needed; what an organisation made needed is marked as its own.
    """
    shipped = OBJECTS.shipped[subject.key]
    return tuple(
        (
            each.key,
            each.label,
            each.needed and not each.hidden,
            bool(each.own) or not shipped.field(each.key).needed,
            each.longest,
            frozenset(dict(each.choices)) | ({""} if each.kind is Kind.MULTI else set())
            if each.kind in (Kind.CHOICE, Kind.MULTI) and each.written
            else frozenset(),
        )
        for each in subject.fields
    )
