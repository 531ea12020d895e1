"""Keeping a file that was sent for a plan, looking at it, behind the page where that takes long, and taking it over."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import delete

from infra.transaction import Work, transaction
from infra.words import sentence_of
from kernel.actor import SYSTEM, Actor
from kernel.errors import Problem
from roadmap.exchange.rules.columns import Mapped
from roadmap.exchange.rules.dates import Order
from roadmap.exchange.service import ImportBroken
from roadmap.projects import service as projects
from roadmap.reimport import queries as known
from roadmap.reimport import service as reimport
from roadmap.reimport.queries import Found, Sent, found_of
from roadmap.reimport.service import Brought
from roadmap.uploads import queries
from roadmap.uploads.models import Upload
from roadmap.uploads.queries import FAILED, READY, WORKING

log = structlog.get_logger()
LONG = 400_000
"""A file of so many bytes is looked at in the background."""
NAME_LIMIT = 200
STEPS = 3
"""How many steps looking at a file takes: reading it, laying it beside the plan, keeping what was found."""


class _Stopped(Exception):  # nobody wants to know any more
    """Ends a look at a file that was thrown away."""


def begin(project_id: int, name: str, content: bytes, *, actor: Actor, now: datetime) -> int:
    """Keep a file that somebody sent, in place of the one before; nothing is read yet. Gives its number."""
    with transaction(actor, "plan.file_sent") as work:
        projects.check_open(project_id)
        mine = (Upload.project_id == project_id, Upload.person_id == actor.id)
        work.session.execute(delete(Upload).where(*mine))
        work.session.execute(delete(Upload).where(Upload.created_at <= now - queries.KEPT_FOR))
        row = Upload(
            project_id=project_id,
            person_id=actor.id,
            created_at=now,
            begun_at=now,
            name=name[:NAME_LIMIT],
            content=zlib.compress(content, 6),
            choices={},
            state=WORKING,
            found={},
        )
        work.session.add(row)
        work.session.flush()
        return row.id


def choose(row: Upload, choices: Mapping[str, Any], *, actor: Actor, now: datetime, content: bytes = b"") -> None:
    """Remember what was chosen about a file, or another file, and begin to look again."""
    with transaction(actor, "plan.file_sent") as work:
        kept = work.session.get_one(Upload, row.id)
        kept.choices, kept.state, kept.step, kept.begun_at = dict(choices), WORKING, 0, now
        if content:
            kept.content = zlib.compress(content, 6)


def look(upload_id: int, actor: Actor) -> None:
    """Look at a file and keep what it would do; what can't be read is kept as a sentence."""
    try:
        row = _row(upload_id)
        content, choices, project_id = queries.content_of(row), dict(row.choices), row.project_id
        before = found_of(row.found)
        out = [int(each) for each in choices.get("out", ())]
        found = _found(project_id, content, choices, out, actor, _Teller(upload_id))
        if found.issues and choices.get("refused"):
            found = _still_refusable(before, found)
        state = FAILED if found.issues else READY
    except _Stopped:
        return
    with transaction(SYSTEM, "plan.file_looked_at") as work:
        kept = work.session.get(Upload, upload_id)
        if kept is not None:
            kept.found, kept.state, kept.step = found.plain(), state, STEPS


def look_behind(app: Flask, upload_id: int, actor: Actor) -> threading.Thread:
    """The same in the background; it ends with its work, when the file is thrown away, or with this process."""

    def go_on() -> None:
        with app.app_context():
            try:
                look(upload_id, actor)
            except Exception:
                log.exception("plan_file_failed", upload=upload_id)
                _fail(upload_id)

    thread = threading.Thread(target=go_on, name="plan file", daemon=True)
    thread.start()
    return thread


def _fail(upload_id: int) -> None:
    """Say that it went wrong here, not with the file."""
    what = "Something went wrong here while the file was looked at. Look again, or ask whoever runs this server."
    with transaction(SYSTEM, "plan.file_looked_at") as work:
        kept = work.session.get(Upload, upload_id)
        if kept is not None:
            kept.found, kept.state = Found(issues=(("", what),)).plain(), FAILED


def take(row: Upload, *, actor: Actor) -> Brought:
    """Make the plan what a file says, and forget the file. Raises as `roadmap.reimport.service.take`."""
    sent, out = sent_of(row), [int(each) for each in row.choices.get("out", ())]
    with transaction(actor, "plan.file_brought") as work:
        refused = row.choices.get("refused", ())
        done = reimport.take(row.project_id, sent, found_of(row.found).stamp, out=out, refused=refused, actor=actor)
        work.session.execute(delete(Upload).where(Upload.id == row.id))
        return done


def throw_away(row: Upload, *, actor: Actor) -> Work:
    """Forget a file; whoever looks at it stops."""
    with transaction(actor, "plan.file_thrown_away") as work:
        work.session.execute(delete(Upload).where(Upload.id == row.id))
    return work


def sent_of(row: Upload) -> Sent:
    """The file, read with what was chosen about it."""
    return _read(row.project_id, queries.content_of(row), row.choices)


def _read(project_id: int, content: bytes, choices: Mapping[str, Any]) -> Sent:
    return known.read(project_id, content, mapped=_mapped(choices), order=_order(choices))


def _mapped(choices: Mapping[str, Any]) -> Mapped | None:
    found: Mapped | None = choices.get("columns")
    return found


def _order(choices: Mapping[str, Any]) -> Order | None:
    return Order(choices["order"]) if choices.get("order") in set(Order) else None


def _found(
    project_id: int, content: bytes, choices: Mapping[str, Any], out: list[int], actor: Actor, tell: _Teller
) -> Found:
    heads: dict[str, Any] = {}
    try:
        names, samples = known.heads_of(content)
        heads = {"heads": names, "samples": tuple(tuple(map(_cell, row)) for row in samples)}
        tell(1)
        sent = _read(project_id, content, choices)
        tell(2)
        heads["mapped"] = dict(sent.mapped)
        refused = choices.get("refused", ())
        looked = reimport.look(project_id, sent, out=out, refused=refused, actor=actor, tell=lambda: tell(0))
        return replace(looked, **heads)
    except ImportBroken as problem:
        return Found(issues=tuple((each.where, each.what) for each in problem.issues), **heads)
    except Problem as problem:
        return Found(issues=(("", sentence_of(problem)),), **heads)


def _still_refusable(before: Found, failed: Found) -> Found:
    """What was shown before what can't be: the parts of the file stay on the page, so that others can be refused."""
    return replace(failed, rows=before.rows, differences=before.differences, left=before.left, names=before.names)


def _cell(value: object) -> object:
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


class _Teller:
    """Keeps how far a look is, and looks whether it is still wanted."""

    def __init__(self, upload_id: int) -> None:
        self.id = upload_id

    def __call__(self, step: int) -> None:
        if queries.state_of(self.id) != WORKING:
            raise _Stopped
        if step > 0:  # inside the trial nothing can be kept
            with transaction(SYSTEM, "plan.file_looked_at") as work:
                work.session.get_one(Upload, self.id).step = step


def _row(upload_id: int) -> Upload:
    row = queries.row(upload_id)
    if row is None:
        raise _Stopped
    return row
