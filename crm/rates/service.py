"""Choosing the base currency, entering rates and taking them in from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select

from crm.rates import queries, rules
from crm.rates.models import BaseCurrency, Rate
from infra import sheets
from infra.database import db
from infra.forms import told
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, Problem, RuleBroken

UNDOABLE = {
    "rates.entered": "crm.setup",
    "rates.imported": "crm.setup",
    "rates.removed": "crm.setup",
    "rates.base": "crm.setup",
}
"""What can be taken back, and the permission that this needs."""
HEADS = ("currency", "day", "rate")


@dataclass(frozen=True, slots=True)
class RateData:
    """A rate to keep."""

    currency: str
    day: date
    rate: Decimal
    proof: str = ""


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row of a file that could not be read, with what is wrong."""

    number: int
    problem: str


def set_base(currency: str, *, actor: Actor) -> Work:
    """Choose the currency of sums. Raises RuleBroken while rates are there: they say what things are worth in it."""
    wanted = rules.check_currency(currency)
    with transaction(actor, "rates.base") as work:
        if wanted != queries.base() and db.session.scalar(select(func.count()).select_from(Rate)):
            raise RuleBroken(
                "crm.base_fixed",
                "The rates are in the present currency. Remove them first, then choose another one.",
                field="currency",
            )
        row = db.session.scalar(select(BaseCurrency).limit(1))
        if row is None:
            work.session.add(BaseCurrency(currency=wanted))
        else:
            row.currency = wanted
    return work


def enter(data: Sequence[RateData], *, actor: Actor, now: datetime) -> tuple[int, Work]:
    """Keep rates, a later one for the same day in place of the earlier; how many are new or changed."""
    with transaction(actor, "rates.entered") as work:
        own = queries.base()
        wanted = {each.currency for each in data}
        there = {
            (row.currency, row.day): row for row in db.session.scalars(select(Rate).where(Rate.currency.in_(wanted)))
        }
        count = 0
        for each in data:
            if each.currency == own:
                raise RuleBroken(
                    "crm.rate_of_base",
                    "%(currency)s is what sums are in: it is worth 1.",
                    field="currency",
                    currency=own,
                )
            row = there.get((each.currency, each.day))
            if row is None:
                row = there[each.currency, each.day] = Rate(currency=each.currency, day=each.day)
                work.session.add(row)
            elif (row.rate, row.proof) == (each.rate, each.proof):
                continue
            row.rate, row.proof, row.person_id, row.entered_at = each.rate, each.proof, actor.id, now
            count += 1
    return count, work


def take_in(content: bytes, proof: str, *, actor: Actor, now: datetime) -> tuple[int, list[WrongRow], Work | None]:
    """Read a file with the columns currency, day and rate. All rows are kept, or none while one is wrong.

    Raises RuleBroken for a file that can't be read at all.
    """
    sheet = sheets.read(content)
    heads = {str(head).strip().lower(): str(head) for head in sheet.heads}
    lacking = [each for each in HEADS if each not in heads]
    if lacking:
        raise RuleBroken(
            "crm.rate_heads",
            "The first row has to name the columns %(wanted)s; %(lacking)s is missing.",
            field="file",
            wanted=", ".join(HEADS),
            lacking=", ".join(lacking),
        )
    good: list[RateData] = []
    wrong: list[WrongRow] = []
    for number, values in sheet.records():
        try:
            currency, day, rate = (values[heads[each]] for each in HEADS)
            good.append(
                RateData(
                    rules.check_currency(str(currency or "")),
                    rules.read_day(day if day is not None else ""),
                    rules.read_rate("" if rate is None else str(rate)),
                    proof,
                )
            )
        except Problem as problem:
            wrong.append(WrongRow(number, told(problem)))
    if wrong:
        return 0, wrong, None
    with transaction(actor, "rates.imported") as work:
        count, _joined = enter(good, actor=actor, now=now)
    return count, [], work


def remove(rate_id: int, *, actor: Actor) -> Work:
    """Take a rate away. Raises NotFound."""
    with transaction(actor, "rates.removed") as work:
        row = db.session.get(Rate, rate_id)
        if row is None:
            raise NotFound
        work.session.delete(row)
    return work
