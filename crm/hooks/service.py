"""Keeping webhooks, putting messages down with the action that wants them, and sending what is due."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from crm.hooks import queries, rules
from crm.hooks.models import Delivery, Hook
from infra import outgoing
from infra.transaction import Work, transaction
from kernel.actor import SYSTEM, Actor
from kernel.errors import NotFound, RuleBroken

UNDOABLE = {"hook.changed": "crm.automations", "hook.switched": "crm.automations"}
"""What can be taken back, and the permission that this needs."""
TEST = "launch90.test"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message by value, so that it can be sent after its row was let go."""

    id: int
    key: str
    body: str
    url: str
    keys: tuple[str, ...]
    tries: int


def add(name: str, url: str, *, personal: bool, actor: Actor) -> tuple[int, str, Work]:
    """Keep a new hook; its number and its key, which is shown this once. Raises RuleBroken."""
    clean, address = rules.check_name(name), rules.check_url(url)
    key = rules.key_of(secrets.token_bytes(rules.KEY_BYTES))
    with transaction(actor, "hook.added") as work:
        _check_free(work, clean, None)
        row = Hook(name=clean, url=address, signing_key=key, personal=personal)
        work.session.add(row)
        work.session.flush()
    return row.id, key, work


def change(hook_id: int, name: str, url: str, *, personal: bool, actor: Actor) -> Work:
    """Another name or address, or what goes along. Raises NotFound, RuleBroken."""
    clean, address = rules.check_name(name), rules.check_url(url)
    with transaction(actor, "hook.changed") as work:
        row = _held(work, hook_id)
        _check_free(work, clean, hook_id)
        row.name, row.url, row.personal = clean, address, personal
    return work


def renew_key(hook_id: int, *, actor: Actor, now: datetime) -> str:
    """Another key, shown this once; the old one signs as well for a day. Raises NotFound."""
    key = rules.key_of(secrets.token_bytes(rules.KEY_BYTES))
    with transaction(actor, "hook.key_renewed") as work:
        row = _held(work, hook_id)
        row.old_key, row.signing_key, row.until = row.signing_key, key, now + rules.BOTH_SIGN
        work.note("hook.key_renewed", subject=f"crm_hook:{row.id}", label=row.name, scope="crm")
    return key


def switch(hook_id: int, *, on: bool, actor: Actor) -> Work:
    """On, or off: then nothing new is put down for it, and what waits stays. Raises NotFound."""
    with transaction(actor, "hook.switched") as work:
        row = _held(work, hook_id)
        row.active, row.trouble = on, "" if on else row.trouble
    return work


def remove(hook_id: int, *, actor: Actor) -> None:
    """Remove a hook with its messages. Raises NotFound."""
    with transaction(actor, "hook.removed") as work:
        work.session.delete(_held(work, hook_id))


def queue_many(work: Work, hook_id: int, kind: str, data: Sequence[Mapping[str, Any]]) -> int:
    """Leave messages for the timetable to send, if and only if this action is committed; how many.

    None where the hook is off. Raises NotFound, RuleBroken for a message that is too large.
    """
    if not queries.hook(hook_id).active:
        return 0
    rows = [
        {
            "hook_id": hook_id,
            "key": f"msg_{secrets.token_hex(16)}",
            "kind": kind[:60],
            "body": rules.body_of(kind, work.at, each),
            "next_try_at": work.at,
            "created_at": work.at,
        }
        for each in data
    ]
    work.bulk_insert(Delivery, rows)
    return len(rows)


def test(hook_id: int, *, actor: Actor) -> None:
    """Leave a message that says nothing, so that one sees whether it comes in. Raises NotFound, RuleBroken."""
    with transaction(actor, "hook.tested") as work:
        if not queue_many(work, hook_id, TEST, [{"message": "It works."}]):
            raise RuleBroken("hook.off", "The webhook is off. Switch it on first.")
        work.note("hook.tested", subject=f"crm_hook:{hook_id}", scope="crm")


def send_again(delivery_id: int, *, actor: Actor) -> int:
    """Let a message go once more at the next turn, under its own number; the hook's number. Raises NotFound."""
    with transaction(actor, "hook.sent_again") as work:
        row = work.session.get(Delivery, delivery_id, with_for_update=True)
        if row is None or row.state == rules.SENDING:
            raise NotFound("There is no such message, or it is on its way.")
        row.state, row.tries, row.next_try_at, row.error = rules.WAITING, 0, work.at, ""
        work.note("hook.sent_again", subject=f"crm_hook:{row.hook_id}", label=row.kind, scope="crm")
        return row.hook_id


def over_the_net(parcel: Parcel, now: datetime) -> outgoing.Answer | str:
    """What the receiver says, or why nothing was said."""
    try:
        address = rules.chosen(outgoing.addresses_of(parcel.url))
        if address is None:
            return "The name stands for a private address: nothing is sent there."
        headers = rules.headers(parcel.keys, parcel.key, now, parcel.body)
        return outgoing.post(parcel.url, address, headers, parcel.body, seconds=rules.SECONDS, most=rules.MOST_READ)
    except outgoing.Unreachable as problem:
        return str(problem)


def send_due(now: datetime, send: Callable[[Parcel, datetime], outgoing.Answer | str] = over_the_net) -> int:
    """Send what is due, at most a handful a turn; how many were delivered.

    Each is leased before and settled after: a sender that dies leaves its message to the next one, under the same
    number, by which a receiver knows it. ``send`` carries a message to its receiver.
    """
    if not queries.anything_due(now):
        return 0
    done = 0
    for parcel in _take(now):
        done += _settle(parcel, send(parcel, now), now)
    return done


def prune(now: datetime) -> int:
    """Forget messages that ended a month ago; how many."""
    with transaction(SYSTEM, "hook.pruned") as work:
        ended = Delivery.state.in_((rules.DELIVERED, rules.GIVEN_UP))
        gone = work.session.execute(delete(Delivery).where(ended, Delivery.created_at < now - rules.KEPT))
        return int(getattr(gone, "rowcount", 0))


def _take(now: datetime) -> list[Parcel]:
    with transaction(SYSTEM, "hook.taken") as work:
        wanted = select(Delivery, Hook).join(Hook, Hook.id == Delivery.hook_id)
        wanted = wanted.where(queries.due(now), Hook.active).order_by(Delivery.next_try_at, Delivery.id)
        rows = work.session.execute(wanted.limit(rules.AT_ONCE).with_for_update(of=Delivery, skip_locked=True)).all()
        found = []
        for message, hook in rows:
            message.state, message.next_try_at, message.tries = rules.SENDING, now + rules.LEASE, message.tries + 1
            old = (hook.old_key,) if hook.old_key and hook.until and now < hook.until else ()
            keys = (hook.signing_key, *old)
            found.append(Parcel(message.id, message.key, message.body, hook.url, keys, message.tries))
        return found


def _settle(parcel: Parcel, answer: outgoing.Answer | str, now: datetime) -> bool:
    """Write down what became of a message; whether it was delivered."""
    good = isinstance(answer, outgoing.Answer) and rules.is_good(answer.status)
    with transaction(SYSTEM, "hook.sent") as work:
        values: dict[str, Any] = {"tried_at": now, "state": rules.DELIVERED, "error": ""}
        if isinstance(answer, outgoing.Answer):
            said = answer.text[: rules.SHOWN]
            values |= {"status": answer.status, "answer": said, "milliseconds": answer.milliseconds}
        if not good:
            again = rules.next_try(parcel.tries, now, answer.wait if isinstance(answer, outgoing.Answer) else None)
            values |= {"state": rules.WAITING if again else rules.GIVEN_UP, "error": _error(answer)}
            values |= {"next_try_at": again} if again else {}
        work.session.execute(update(Delivery).where(Delivery.id == parcel.id).values(**values))
        if isinstance(answer, outgoing.Answer) and answer.status == rules.GONE:
            _stop(work, parcel)
    return good


def _error(answer: outgoing.Answer | str) -> str:
    if isinstance(answer, str):
        return answer[:500]
    if rules.is_elsewhere(answer.status):
        return f"It answers {answer.status}: it wants to be called elsewhere, which is not done."
    return f"It answers {answer.status}."


def _stop(work: Work, parcel: Parcel) -> None:
    """The receiver says that it is gone for good: nothing more is sent until somebody switches it on again."""
    hook_id = work.session.scalar(select(Delivery.hook_id).where(Delivery.id == parcel.id))
    row = work.session.get(Hook, hook_id)
    if row is not None:
        row.active, row.trouble = False, "The receiver answered 410: it wants no more messages."
    work.session.execute(
        update(Delivery).where(Delivery.id == parcel.id).values(state=rules.GIVEN_UP, next_try_at=work.at)
    )


def _held(work: Work, hook_id: int) -> Hook:
    row = work.session.scalar(select(Hook).where(Hook.id == hook_id).with_for_update())
    if row is None:
        raise NotFound("There is no such webhook.")
    return row


def _check_free(work: Work, name: str, own: int | None) -> None:
    taken = work.session.execute(select(Hook.id, Hook.name)).all()
    if any(each.name.casefold() == name.casefold() and each.id != own for each in taken):
        raise RuleBroken("hook.taken", "There is a webhook “%(name)s” already.", field="name", name=name)
