"""Noting answers, objections and restrictions, and keeping the purposes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from crm.access import rules as access_rules
from crm.access.queries import access_of, demand
from crm.consent import queries, rules
from crm.consent.models import Consent, Objection, PurposeRow, Restriction
from crm.consent.rules import KINDS, PRIVACY, Basis, ConsentData, Purpose
from crm.objects.rules.catalogue import OBJECTS
from crm.records import queries as records
from crm.records.events import RecordsWritten
from infra.transaction import Work, transaction
from kernel.actor import Actor
from kernel.errors import NotFound, Refused, RuleBroken

UNDOABLE = {
    "consent.noted": "crm.use",
    "purpose.added": "crm.privacy",
    "purpose.changed": "crm.privacy",
    "restriction.begun": "crm.privacy",
    "restriction.lifted": "crm.privacy",
}
"""What can be taken back, and the permission that this needs. An objection is not: only its author ends it."""
THROUGH = frozenset({"restriction.begun", "restriction.lifted", "privacy.erased", "undo"})
"""Actions that may change what is restricted."""


def note(kind: str, record_id: int, data: ConsentData, *, actor: Actor, now: datetime) -> Work:
    """Keep an answer of a lead or contact; whoever may edit the record may. Raises NotFound, Refused, RuleBroken."""
    rules.check(data, queries.purposes())
    with transaction(actor, "consent.noted") as work:
        _editable(kind, record_id, actor)
        note_many(work, kind, [(record_id, data)], now=now)
    return work


def note_many(work: Work, kind: str, many: Sequence[tuple[int, ConsentData]], *, now: datetime) -> None:
    """Keep many answers in an open transaction, as forms and imports do. Whoever calls asked for permission.

    Raises RuleBroken.
    """
    known = queries.purposes()
    for _number, data in many:
        rules.check(data, known)
    work.bulk_insert(
        Consent,
        [
            {
                "object": kind,
                "record_id": number,
                "purpose": data.purpose,
                "given": data.given,
                "at": data.at,
                "channel": data.channel,
                "wording": data.wording.strip(),
                "proof": data.proof.strip(),
                "author_id": work.actor.id,
                "author_name": work.actor.name,
                "entered_at": now,
            }
            for number, data in many
        ],
    )


def object_to(kind: str, record_id: int, *, actor: Actor, now: datetime) -> Work:
    """They don't want to be written to: every address of theirs is remembered, whatever becomes of the record.

    Raises NotFound, Refused, RuleBroken for a record without an address.
    """
    with transaction(actor, "objection.noted") as work:
        _editable(kind, record_id, actor)
        found = queries.addresses(kind, record_id)
        if not found:
            raise RuleBroken("consent.no_address", "No e-mail address is known: there is nothing to stop.")
        stop(work, found, "objection", now)
        work.note("objection.noted", subject=records.key_of(kind, record_id), scope=records.key_of(kind, record_id))
    return work


def end_objection(kind: str, record_id: int, *, actor: Actor) -> Work:
    """They want to be written to again. Raises NotFound, Refused."""
    with transaction(actor, "objection.ended") as work:
        _editable(kind, record_id, actor)
        hashes = [rules.hashed(each) for each in queries.addresses(kind, record_id)]
        work.bulk_delete(Objection, [Objection.address.in_(hashes)])
        work.note("objection.ended", subject=records.key_of(kind, record_id), scope=records.key_of(kind, record_id))
    return work


def stop(work: Work, addresses: Iterable[str], reason: str, now: datetime) -> None:
    """Remember, in an open transaction, that addresses must not be written to."""
    hashes = sorted({rules.hashed(each) for each in addresses})
    there = set(work.session.scalars(select(Objection.address).where(Objection.address.in_(hashes))))
    work.session.add_all(Objection(address=each, reason=reason, at=now) for each in hashes if each not in there)


def restrict(kind: str, record_id: int, reason: str, *, actor: Actor, now: datetime) -> Work:
    """The record may be kept and not be used. Needs the function. Raises NotFound, Refused, RuleBroken."""
    said = " ".join(reason.split())
    if not said or len(said) > rules.LONGEST_PROOF:
        raise RuleBroken("consent.reason", "Say why, in up to 500 characters.", field="reason")
    with transaction(actor, "restriction.begun") as work:
        _guarded(kind, record_id, actor)
        if queries.restriction(kind, record_id) is not None:
            raise RuleBroken("consent.restricted", "Its use is restricted already.", field="reason")
        hold(work, kind, record_id, said, now)
    return work


def hold(work: Work, kind: str, record_id: int, reason: str, now: datetime) -> None:
    """Restrict the use of a record in an open transaction, unless it is. Whoever calls asked for permission."""
    if queries.restriction(kind, record_id) is None:
        row = Restriction(object=kind, record_id=record_id, reason=reason, since=now, author_id=work.actor.id)
        work.session.add(row)


def lift(kind: str, record_id: int, *, actor: Actor, now: datetime) -> Work:
    """The record may be used again. Needs the function. Raises NotFound, Refused."""
    with transaction(actor, "restriction.lifted") as work:
        _guarded(kind, record_id, actor)
        row = queries.restriction(kind, record_id)
        if row is None:
            raise NotFound
        row.lifted_at = now
    return work


def add_purpose(name: str, description: str, basis: str, *, actor: Actor) -> Work:
    """A purpose of one's own. Raises Refused, RuleBroken."""
    _demand(actor)
    known = queries.purposes()
    clean, said, chosen = rules.check_purpose(name, description, basis, [each.name for each in known])
    with transaction(actor, "purpose.added") as work:
        key = rules.key_of(clean, [each.key for each in known])
        work.session.add(PurposeRow(key=key, name=clean, description=said, basis=chosen.value, active=True))
    return work


def change_purpose(wanted: Purpose, *, actor: Actor) -> Work:
    """Other words, another basis, or out of use. What was answered stays. Raises NotFound, Refused, RuleBroken."""
    _demand(actor)
    before = queries.purpose(wanted.key)
    others = [each.name for each in queries.purposes() if each.key != wanted.key]
    clean, said, chosen = rules.check_purpose(wanted.name, wanted.description, wanted.basis, others)
    if chosen is not before.basis and Basis.CONSENT in (chosen, before.basis) and queries.counts().get(wanted.key):
        raise RuleBroken(
            "consent.basis_used",
            "People answered for this purpose already. Make a new one for another basis, and take this one out of use.",
            field="basis",
        )
    with transaction(actor, "purpose.changed") as work:
        row = work.session.scalar(select(PurposeRow).where(PurposeRow.key == wanted.key))
        if row is None:
            row = PurposeRow(key=wanted.key)
            work.session.add(row)
        row.name, row.description, row.basis, row.active = clean, said, chosen.value, wanted.active
    return work


def follow_records(event: RecordsWritten, work: Work) -> None:
    """What may only be kept is not changed. Raises RuleBroken; then nothing was."""
    if event.created or event.object not in KINDS or work.action in THROUGH or not queries.any_restricted(event.object):
        return
    if held := queries.restricted(event.object, event.ids):
        raise RuleBroken(
            "consent.held",
            "The use of %(object)s %(id)d is restricted: it may be kept and not be changed until that is lifted.",
            object=OBJECTS[event.object].label.lower(),
            id=min(held),
        )


def _editable(kind: str, record_id: int, actor: Actor) -> None:
    """Raises NotFound, Refused. Whoever answers for personal data may note for every record that they see."""
    if kind not in KINDS:
        raise NotFound
    access, subject = access_of(actor), OBJECTS[kind]
    row = records.get(access, subject, record_id)
    if PRIVACY not in access.functions():
        demand(access, access_rules.EDIT, subject, records.facts(access, access_rules.EDIT, subject, row))


def _guarded(kind: str, record_id: int, actor: Actor) -> None:
    _demand(actor)
    _editable(kind, record_id, actor)


def _demand(actor: Actor) -> None:
    if PRIVACY not in access_of(actor).functions():
        raise Refused
