"""What a lead carries over when it is converted, and which way it may go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Field, Kind, Mark
from kernel.errors import Conflict, RuleBroken

PATH = ("new", "contacted", "mql", "sql", "converted")
"""The way of a lead, in order; a lead can also be given up at any place before the last."""
REASON_LIMIT = 200
NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class DealData:
    """The deal that is made with the conversion."""

    name: str
    amount: Decimal | None
    currency: str
    closes_on: date | None
    stage_id: int | None


@dataclass(frozen=True, slots=True)
class ConversionData:
    """What somebody chose: an existing record by its number, or a new one (None) with its name."""

    account_id: int | None
    account_name: str
    contact_id: int | None
    deal: DealData | None
    owner_id: int | None


ACCOUNT_FROM: Mapping[str, str] = {"industry": "industry", "region": "region", "country": "country"}
CONTACT_FROM: Mapping[str, str] = {
    "first_name": "first_name",
    "last_name": "last_name",
    "title": "title",
    "email": "email",
    "phone": "phone",
    "country": "country",
    "source": "source",
}
DEAL_FROM: Mapping[str, str] = {
    "source": "source",
    "campaign_id": "campaign_id",
    "product_line": "product_interest",
    "next_step": "next_step",
    "next_step_on": "next_step_on",
}
"""A field of the new record, and the field of the lead that it comes from."""


FROM: Mapping[str, Mapping[str, str]] = {"account": ACCOUNT_FROM, "contact": CONTACT_FROM, "opportunity": DEAL_FROM}
"""What ships, by the object that a lead becomes."""
_GIVEN = frozenset({"name", "kind", "amount", "currency", "closes_on", "forecast", "email_state"})
"""Fields that the page of the conversion gives, or that need a value which no lead has."""
_WORDS = frozenset({Kind.TEXT, Kind.LONG, Kind.EMAIL, Kind.PHONE, Kind.LINK, Kind.ADDRESS})
_POINTING = frozenset({Kind.RECORD, Kind.PERSON, Kind.TEAM})


def from_own(own: Iterable[Field], target: ObjectType) -> dict[str, str]:
    """The fields of a new record that get the value of one of one's own fields of leads, where they still fit."""
    wanted = {to: each for each in own for kind, to in each.carried if kind == target.key}
    return {to: each.key for to, each in wanted.items() if target.has(to) and fits(each, target.field(to))}


def targets(source: Field, target: ObjectType) -> list[Field]:
    """The fields that may get the value of one of one's own fields of leads."""
    taken = FROM[target.key].keys() | _GIVEN
    return [each for each in target.fields if each.key not in taken and fits(source, each)]


def fits(source: Field, to: Field) -> bool:
    """Whether a field can hold whatever another holds, as well protected as there.

    >>> rooms = Field("x_rooms", "Rooms", Kind.NUMBER)
    >>> fits(rooms, Field("x_rooms", "Rooms", Kind.NUMBER)), fits(rooms, Field("x_note", "Note"))
    (True, False)
    """
    if not to.written or to.kind in _POINTING or _GUARD[to.mark] < _GUARD[source.mark]:
        return False
    if source.kind is not to.kind:
        return to.kind in (Kind.TEXT, Kind.LONG) and source.kind in _WORDS and source.longest <= to.longest
    choices = dict(source.choices).keys() <= dict(to.choices).keys()
    return choices and source.longest <= max(to.longest, source.longest if source.choices else 0)


_GUARD: Mapping[Mark, int] = {Mark.NONE: 0, Mark.PERSONAL: 1, Mark.SENSITIVE: 2}


def carried(
    fields: Mapping[str, str], lead: Mapping[str, Any], seen: Collection[str], written: Collection[str]
) -> dict[str, Any]:
    """The values that a new record gets from the lead: what one sees of it, and may write there.

    >>> carried({"name": "company"}, {"company": "Oakfield"}, ["company"], ["name"])
    {'name': 'Oakfield'}
    """
    return {
        to: lead[source]
        for to, source in fields.items()
        if source in seen and to in written and lead.get(source) not in (None, "")
    }


def check_open(status: str, *, converted: bool) -> None:
    """Raise Conflict for a lead that was converted before, RuleBroken for one that was given up."""
    if converted or status == "converted":
        raise Conflict("crm.converted", "This lead was converted already. Reopen it first.")
    if status == "disqualified":
        raise RuleBroken("crm.disqualified", "This lead was given up. Reopen it first.")


def check_step(status: str) -> str:
    """A place on the way that is reached by a press. Raises RuleBroken."""
    if status not in PATH[:-1]:
        raise RuleBroken("crm.lead_step", "Choose a step before the last; converting has its own page.", field="status")
    return status


def check_reason(reason: str) -> str:
    """Why a lead is given up. Raises RuleBroken."""
    text = " ".join(reason.split())
    if not text:
        raise RuleBroken("crm.lead_reason", "Say why the lead is given up.", field="reason")
    if len(text) > REASON_LIMIT:
        raise RuleBroken("crm.lead_reason_long", "At most %(n)d characters fit.", field="reason", n=REASON_LIMIT)
    return text


def reopened(status: str, *, mql: bool, sql: bool) -> str:
    """Where a lead goes on that is opened again: where it had come. Raises RuleBroken for one that is open.

    >>> reopened("converted", mql=True, sql=True), reopened("disqualified", mql=False, sql=False)
    ('sql', 'contacted')
    """
    if status not in ("converted", "disqualified"):
        raise RuleBroken("crm.lead_open", "This lead is open.")
    if sql:
        return "sql"
    return "mql" if mql else "contacted"
