"""Noting use in memory and keeping it in the database: no page waits for it but the one that signs somebody in."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from flask import Flask, Response, g, request
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from accounts.people.models import Person
from crm.usage import queries, rules
from crm.usage.models import UsageHour, UsagePolicy, Visit
from crm.usage.rules import PAUSE, Stay
from infra.database import db
from infra.transaction import Work, transaction
from infra.wires import wires
from kernel.actor import SYSTEM, Actor

log = structlog.get_logger("launch90")
BOOK = "usage"
EVERY_SECONDS = 20.0
UNDOABLE = {"usage.policy": "crm.setup"}
"""What can be taken back, and the permission that this needs."""
_Opened = Mapping[tuple[datetime, int, str], int]


class Book:
    """What one worker has noted since it was last emptied; threads may share it."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._lock = threading.Lock()
        self._stays: dict[int, list[Stay]] = {}
        self._opened: dict[tuple[datetime, int, str], int] = {}
        self._last: dict[int, datetime] = {}

    def note(self, person_id: int, feature: str, at: datetime) -> bool:
        """Note one request; whether it is the first in a while, as far as this worker knows."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        with self._lock:
            slot = (hour, person_id, feature)
            self._opened[slot] = self._opened.get(slot, 0) + 1
            self._stays[person_id] = rules.stays([*self._stays.get(person_id, ()), Stay(at, at)])
            last, self._last[person_id] = self._last.get(person_id), at
        return last is None or at - last >= PAUSE

    def take(self) -> tuple[dict[int, list[Stay]], dict[tuple[datetime, int, str], int]]:
        """What was noted; the book is empty afterwards."""
        with self._lock:
            taken = self._stays, self._opened
            self._stays, self._opened = {}, {}
        return taken

    def give_back(self, stays: Mapping[int, Sequence[Stay]], opened: _Opened) -> None:
        """Note again what could not be kept."""
        with self._lock:
            for person_id, found in stays.items():
                self._stays[person_id] = rules.stays([*found, *self._stays.get(person_id, ())])
            for slot, count in opened.items():
                self._opened[slot] = self._opened.get(slot, 0) + count


def connect(app: Flask) -> None:
    """Give an application its book and let every answered page be noted."""
    app.extensions["launch90"].extras[BOOK] = Book()
    app.after_request(_note)


def _note(response: Response) -> Response:
    """Note whose page this was. A sign-in is kept at once, so that a worker that dies has not forgotten it."""
    actor = g.get("actor")
    if actor is not None and actor.id is not None and request.endpoint != "static" and "now" in g:
        first = book().note(actor.id, rules.feature_of(request.path), g.now)
        if first:
            _try_to_keep(g.now)
    return response


def book() -> Book:
    """The book of this worker."""
    found: Book = wires().extras[BOOK]
    return found


def _try_to_keep(now: datetime) -> None:
    """Keep what was noted; a page is answered even where nothing can be written."""
    try:
        keep(now)
    except SQLAlchemyError as error:
        db.session.rollback()
        log.warning("usage_not_kept", error=str(error))


def keep(now: datetime) -> int:
    """Write what this worker has noted; of how many people."""
    stays, opened = book().take()
    if not stays and not opened:
        return 0
    try:
        with transaction(SYSTEM, "usage.kept", at=now) as work:
            known = _lock_people(work, {*stays, *(person_id for _at, person_id, _feature in opened)})
            _keep_stays(work, {person_id: stays[person_id] for person_id in stays if person_id in known})
            _keep_opened(work, {slot: count for slot, count in opened.items() if slot[1] in known})
    except SQLAlchemyError:
        book().give_back(stays, opened)
        raise
    return len(stays)


def keep_in_background(app: Flask, stop: threading.Event | None = None) -> threading.Thread:
    """A thread of this worker that keeps what was noted, again and again."""
    stop = stop or threading.Event()

    def go_on() -> None:
        while not stop.wait(EVERY_SECONDS):
            with app.app_context():
                _try_to_keep(wires().clock())

    thread = threading.Thread(target=go_on, name="usage", daemon=True)
    thread.start()
    return thread


def put(stays: Mapping[int, Sequence[Stay]], opened: _Opened, *, actor: Actor, now: datetime) -> None:
    """Enter use that happened before now, as the demo does and an import from another log may."""
    with transaction(actor, "usage.kept", at=now) as work:
        _keep_stays(work, stays)
        _keep_opened(work, opened)


def set_policy(days: int | None, visible: str, *, actor: Actor) -> Work:
    """How long use is kept and who is shown by name from now on. Raises RuleBroken."""
    wanted = rules.check_policy(days, visible)
    with transaction(actor, "usage.policy") as work:
        row = work.session.scalars(select(UsagePolicy)).first()
        if row is None:
            work.session.add(UsagePolicy(days=wanted.days, visible=wanted.visible))
        else:
            row.days, row.visible = wanted.days, wanted.visible
    return work


def prune(actor: Actor, now: datetime) -> int:
    """Forget use that is older than the policy keeps; how many visits."""
    before = now - timedelta(days=queries.policy().days)
    with transaction(actor, "usage.pruned", at=now) as work:
        gone = list(work.session.scalars(select(Visit.id).where(Visit.last_at < before)))
        work.session.execute(delete(Visit).where(Visit.last_at < before))
        work.session.execute(delete(UsageHour).where(UsageHour.at < before))
    return len(gone)


def _lock_people(work: Work, ids: set[int]) -> set[int]:
    """Those who are still there, held so that two workers never note one sign-in twice."""
    query = select(Person.id).where(Person.id.in_(sorted(ids))).order_by(Person.id).with_for_update()
    return set(work.session.scalars(query))


def _keep_stays(work: Work, many: Mapping[int, Sequence[Stay]]) -> None:
    """Join what was noted with what is kept already: stays without a pause between them are one visit."""
    if not many:
        return
    earliest = min(stay.first for found in many.values() for stay in found) - PAUSE
    latest = max(stay.last for found in many.values() for stay in found) + PAUSE
    rows: dict[int, list[Visit]] = defaultdict(list)
    near = Visit.last_at > earliest, Visit.started_at < latest
    for row in work.session.scalars(select(Visit).where(Visit.person_id.in_(sorted(many)), *near).order_by(Visit.id)):
        rows[row.person_id].append(row)
    new = [visit for person_id, found in many.items() for visit in _join(work, person_id, rows[person_id], found)]
    work.bulk_insert(Visit, new)


def _join(work: Work, person_id: int, rows: list[Visit], found: Sequence[Stay]) -> list[dict[str, object]]:
    """Change and remove visits that are kept already; gives those that are to be added."""
    whole = rules.stays([*(Stay(row.started_at, row.last_at) for row in rows), *found])
    for row, stay in zip(rows, whole, strict=False):
        row.started_at, row.last_at = stay.first, stay.last
    for row in rows[len(whole) :]:
        work.session.delete(row)
    return [{"person_id": person_id, "started_at": stay.first, "last_at": stay.last} for stay in whole[len(rows) :]]


def _keep_opened(work: Work, opened: _Opened) -> None:
    if not opened:
        return
    hours, people = {slot[0] for slot in opened}, {slot[1] for slot in opened}
    query = select(UsageHour).where(
        UsageHour.at >= min(hours), UsageHour.at <= max(hours), UsageHour.person_id.in_(sorted(people))
    )
    rows = {(row.at, row.person_id, row.feature): row for row in work.session.scalars(query)}
    new = []
    for slot, count in opened.items():
        if slot in rows:
            rows[slot].count += count
        else:
            new.append({"at": slot[0], "person_id": slot[1], "feature": slot[2], "count": count})
    work.bulk_insert(UsageHour, new)
