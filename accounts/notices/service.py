"""Telling people what concerns them, in the transaction in which it happens, and what they do with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from accounts.notices import queries, rules
from accounts.notices.models import Notice, NoticeChoice, NoticeRhythm
from accounts.notices.rules import KINDS, Rhythm, Ways
from infra.database import insert_new
from infra.transaction import Work, transaction
from infra.undo import Undone
from infra.wires import wires
from kernel.actor import SYSTEM, Actor

_LABEL = 300


def tell(
    work: Work,
    kind: str,
    people: Iterable[int | None],
    *,
    subject: str,
    label: str,
    scope: str,
    once: str = "",
    **params: str | int,
) -> None:
    """Leave a notice for each person who signs in, wants this kind and is not the author: three statements in all.

    ``subject`` is what it leads to, as `infra.subjects` knows it; ``params`` fill the kind's sentence, a ``day`` as in
    2026-03-03. The same ``once`` reaches a person once; what happens in a scope that only follows another one, such as
    a branch of a plan, reaches nobody. Raises ValueError for a kind that nobody listed.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no kind of notice {kind!r}.")
    wanted = {person_id for person_id in people if person_id is not None} - {work.actor.id}
    if not wanted or wires().policy.home(scope) != scope:
        return
    ways = queries.ways_of(kind, wanted)
    shared = {
        "kind": kind,
        "subject": subject,
        "label": label[:_LABEL],
        "scope": scope,
        "params": params,
        "author": work.actor.name,
        "transaction_id": work.transaction_id,
        "at": work.at,
    }
    rows = [
        shared
        | {"person_id": person_id, "once": f"{once}:{person_id}" if once else None}
        | {"in_app": way.in_app, "mail": way.mail.value}
        for person_id, way in ways.items()
        if not way.off
    ]
    insert_new(work.session, Notice, rows, unique="once")


def withdraw(work: Work, kind: str, scope: str, since: datetime) -> dict[str, str | int]:
    """Take back the notices of a kind in a scope that nobody has read yet, so that one with later news replaces them.

    Gives the parameters of the newest one since then, read or not; nothing where there was none.
    """
    same = (Notice.kind == kind, Notice.scope == scope, Notice.at >= since)
    newest = work.session.scalar(select(Notice.params).where(*same).order_by(Notice.id.desc()).limit(1))
    unread = (Notice.read_at.is_(None), Notice.mailed_at.is_(None))
    work.session.execute(delete(Notice).where(*same, *unread).execution_options(synchronize_session=False))
    return dict(newest or {})


def replace_older(work: Work, kinds: Sequence[str], keep: str) -> None:
    """Take back unread notices of kinds that are told anew each day; those whose ``once`` begins with ``keep`` stay."""
    older = (Notice.kind.in_(kinds), Notice.read_at.is_(None), Notice.once.not_like(f"{keep}%"))
    work.session.execute(delete(Notice).where(*older).execution_options(synchronize_session=False))


def take_back(event: Undone, work: Work) -> None:
    """What an action told is taken back with it, as far as nobody has read it."""
    work.session.execute(
        delete(Notice)
        .where(Notice.transaction_id == event.transaction_id, Notice.read_at.is_(None), Notice.mailed_at.is_(None))
        .execution_options(synchronize_session=False)
    )


def mark(notice_id: int, *, read: bool, actor: Actor) -> None:
    """Say that one has read a notice of one's own, or not yet. Raises NotFound for those of others."""
    with transaction(actor, "notices.read") as work:
        notice = queries.notice_of(notice_id, actor)
        if read != (notice.read_at is not None):
            notice.read_at = work.at if read else None


def mark_all_read(*, up_to: int, kind: str = "", scope: str = "", actor: Actor) -> int:
    """Say that one has read all notices up to the newest that was shown; how many. What came since stays unread."""
    with transaction(actor, "notices.read") as work:
        which = [Notice.person_id == actor.id, Notice.read_at.is_(None), Notice.id <= up_to]
        which += [Notice.kind == kind] if kind else []
        which += [Notice.scope == scope] if scope else []
        done = update(Notice).where(*which).values(read_at=work.at).execution_options(synchronize_session=False)
        return int(getattr(work.session.execute(done), "rowcount", 0))


def choose(ways: Mapping[str, Ways], rhythm: Rhythm, hour: int, *, actor: Actor) -> None:
    """Keep by which ways each kind reaches oneself, and when the digest comes. Raises RuleBroken for no hour."""
    with transaction(actor, "notices.chosen") as work:
        own = {
            row.kind: row
            for row in work.session.scalars(select(NoticeChoice).where(NoticeChoice.person_id == actor.id))
        }
        for kind, wanted in ways.items():
            _keep(work, own.get(kind), kind, wanted)
        found = work.session.scalar(select(NoticeRhythm).where(NoticeRhythm.person_id == actor.id))
        if found is None:
            found = NoticeRhythm(person_id=actor.id)
            work.session.add(found)
        found.rhythm, found.hour = rhythm.value, rules.check_hour(hour)


def prune(now: datetime) -> int:
    """Forget notices that were read ninety days ago, and those that nobody read for a year; how many."""
    with transaction(SYSTEM, "notices.pruned") as work:
        old = or_(Notice.read_at < now - rules.KEPT_READ, Notice.at < now - rules.KEPT_UNREAD)
        gone = work.session.execute(delete(Notice).where(old).execution_options(synchronize_session=False))
        return int(getattr(gone, "rowcount", 0))


def _keep(work: Work, row: NoticeChoice | None, kind: str, wanted: Ways) -> None:
    """A row only where somebody wants it otherwise than the kind does by itself."""
    if wanted == KINDS[kind].ways:
        if row is not None:
            work.session.delete(row)
        return
    if row is None:
        row = NoticeChoice(person_id=work.actor.id, kind=kind)
        work.session.add(row)
    row.in_app, row.mail = wanted.in_app, wanted.mail.value
