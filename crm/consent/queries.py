"""What people agreed to, read in batches: a fixed number of statements for one record or for ten thousand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from crm.consent import rules
from crm.consent.models import Consent, Objection, PurposeRow, Restriction
from crm.consent.rules import KINDS, SHIPPED, Basis, Purpose, Standing, Verdict
from crm.records.models import TABLES, Contact, Lead
from infra.database import db
from infra.memo import remembered
from kernel.errors import NotFound

_CHUNK = 900


@dataclass(frozen=True, slots=True)
class PurposeStanding:
    """A purpose as it stands for one record: the last answer, if any, and what follows."""

    purpose: Purpose
    given: bool | None
    at: datetime | None
    verdict: Verdict

    @property
    def asked(self) -> bool:
        """Whether somebody is asked for this purpose at all."""
        return self.purpose.basis in (Basis.CONSENT, Basis.INTEREST)


@remembered
def purposes() -> tuple[Purpose, ...]:
    """Every purpose: the shipped ones, altered where somebody altered them, then those of one's own."""
    found = {each.key: each for each in SHIPPED}
    for row in db.session.scalars(select(PurposeRow).order_by(PurposeRow.id)):
        found[row.key] = Purpose(row.key, row.name, row.description, Basis(row.basis), row.active)
    return tuple(found.values())


def purpose(key: str) -> Purpose:
    """One purpose. Raises NotFound."""
    found = next((each for each in purposes() if each.key == key), None)
    if found is None:
        raise NotFound
    return found


def may_write_to(kind: str, ids: Iterable[int], key: str) -> dict[int, Verdict]:
    """Whether each of some leads or contacts may be written to for a purpose, and why; unknown is a no.

    What a lead answered holds for the contact that it became. Whoever sends something asks here first. Raises NotFound
    for a purpose that is not there.
    """
    wanted, about = sorted(set(ids)), purpose(key)
    return {each: rules.verdict(about, found) for each, found in standings(kind, wanted, key).items()}


def standings(kind: str, ids: Collection[int], key: str) -> dict[int, Standing]:
    """What is known of some records for a purpose."""
    found: dict[int, Standing] = {}
    for chunk in _chunks(ids):
        answers, held, objected = _answers(kind, chunk), restricted(kind, chunk), _objected(kind, chunk)
        for each in chunk:
            last = answers.get((each, key))
            found[each] = Standing(last.given if last else None, each in held, each in objected)
    return found


def of_record(kind: str, record_id: int) -> list[PurposeStanding]:
    """Every purpose in use as it stands for one record."""
    answers, held = _answers(kind, [record_id]), restriction(kind, record_id) is not None
    objected = bool(_objected(kind, [record_id]))
    rows = []
    for each in purposes():
        last = answers.get((record_id, each.key))
        if each.active or last:
            standing = Standing(last.given if last else None, held, objected)
            rows.append(PurposeStanding(each, standing.given, last.at if last else None, rules.verdict(each, standing)))
    return rows


def history(kind: str, record_id: int) -> list[Consent]:
    """Every answer of a record, and of the leads that became it, the last first."""
    query = select(Consent).where(Consent.object == kind, Consent.record_id == record_id)
    rows = list(db.session.scalars(query))
    if kind == "contact":
        leads = select(Lead.id).where(Lead.contact_id == record_id)
        rows += db.session.scalars(select(Consent).where(Consent.object == "lead", Consent.record_id.in_(leads)))
    return sorted(rows, key=lambda row: (row.at, row.id), reverse=True)


def restricted(kind: str, ids: Collection[int]) -> frozenset[int]:
    """Which of some records may only be kept."""
    found: set[int] = set()
    for chunk in _chunks(ids):
        found.update(db.session.scalars(_holding().where(Restriction.object == kind, Restriction.record_id.in_(chunk))))
    return frozenset(found)


@remembered
def restriction(kind: str, record_id: int) -> Restriction | None:
    """What holds of a record's use; None when it may be used."""
    return db.session.scalar(
        select(Restriction).where(
            Restriction.object == kind, Restriction.record_id == record_id, Restriction.lifted_at.is_(None)
        )
    )


def any_restricted(kind: str) -> bool:
    """Whether anything of an object may only be kept: most often nothing."""
    return db.session.scalar(_holding().where(Restriction.object == kind).limit(1)) is not None


def has_objected(addresses: Iterable[str]) -> frozenset[str]:
    """Which of some addresses must not be written to, as they were given."""
    hashes = {rules.hashed(each): each for each in addresses if each}
    found: set[str] = set()
    for chunk in _chunks(hashes):
        found.update(db.session.scalars(select(Objection.address).where(Objection.address.in_(chunk))))
    return frozenset(hashes[each] for each in found)


def counts() -> dict[str, tuple[int, int]]:
    """For each purpose how many records agree and how many withdrew, by their last answers."""
    last = select(
        Consent.purpose,
        Consent.given,
        func.row_number()
        .over(
            partition_by=(Consent.object, Consent.record_id, Consent.purpose),
            order_by=(Consent.at.desc(), Consent.id.desc()),
        )
        .label("place"),
    ).subquery()
    rows = db.session.execute(
        select(last.c.purpose, last.c.given, func.count())
        .where(last.c.place == 1)
        .group_by(last.c.purpose, last.c.given)
    )
    found: dict[str, tuple[int, int]] = {}
    for key, given, number in rows:
        yes, no = found.get(key, (0, 0))
        found[key] = (yes + number, no) if given else (yes, no + number)
    return found


def _answers(kind: str, ids: Collection[int]) -> dict[tuple[int, str], Any]:
    """The last answer of each record for each purpose; those of a lead count for the contact that it became."""
    columns = (Consent.purpose, Consent.given, Consent.at, Consent.id)
    own = select(Consent.record_id.label("whose"), *columns).where(Consent.object == kind, Consent.record_id.in_(ids))
    parts: list[Any] = [own]
    if kind == "contact":
        before = select(Lead.contact_id.label("whose"), *columns).join(Lead, Lead.id == Consent.record_id)
        parts.append(before.where(Consent.object == "lead", Lead.contact_id.in_(ids)))
    both = union_all(*parts).subquery()
    rows = db.session.execute(select(both).order_by(both.c.at, both.c.id))
    return {(row.whose, row.purpose): row for row in rows}


def _objected(kind: str, ids: Collection[int]) -> frozenset[int]:
    if kind not in KINDS or not _any_objection():
        return frozenset()
    table = TABLES[kind]
    rows = db.session.execute(select(table.id, table.email).where(table.id.in_(ids), table.email != "")).all()
    stopped = has_objected({row.email for row in rows})
    return frozenset(row.id for row in rows if row.email in stopped)


@remembered
def _any_objection() -> bool:
    return db.session.scalar(select(literal(1)).select_from(Objection).limit(1)) is not None


def _holding() -> Select[int]:
    return select(Restriction.record_id).where(Restriction.lifted_at.is_(None))


def _chunks(values: Collection[Any]) -> Iterator[list[Any]]:
    listed = list(values)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def addresses(kind: str, record_id: int) -> list[str]:
    """The e-mail addresses of a lead or contact, with those of the leads that it was."""
    query = select(TABLES[kind].email).where(TABLES[kind].id == record_id)
    found = list(db.session.scalars(query))
    if kind == "contact":
        found += db.session.scalars(select(Lead.email).where(Lead.contact_id == record_id))
    if kind == "lead":
        found += db.session.scalars(
            select(Contact.email).join(Lead, Lead.contact_id == Contact.id).where(Lead.id == record_id)
        )
    return sorted({each for each in found if each})
