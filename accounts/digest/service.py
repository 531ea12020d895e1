"""Making mail of notices: asked at that moment what their reader may still see, and has not read yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.access.queries import actor_of
from accounts.digest import rules
from accounts.digest.rules import Line
from accounts.notices import queries as notices
from accounts.notices.models import Notice
from accounts.notices.rules import SETTINGS, Mailing, last_turn
from infra import formats
from infra.mail.service import queue
from infra.transaction import Work, transaction
from infra.wires import wires
from kernel.actor import SYSTEM

AT_ONCE = 500
"""How many notices one turn makes mail of."""


def mail_at_once(now: datetime) -> int:
    """Queue mail for notices that people want at once; how many mails. What happened together comes together."""
    with notices.addresses(), transaction(SYSTEM, "notices.mailed", at=now) as work:
        waiting = notices.unmailed(Mailing.NOW).limit(AT_ONCE).with_for_update(skip_locked=True)
        found = work.session.scalars(waiting).all()
        by_person = groupby(found, key=attrgetter("person_id"))
        return sum(_mail(work, person_id, list(theirs), "notice") for person_id, theirs in by_person)


def send_digests(now: datetime) -> int:
    """Queue the digests whose hour has come, with what happened before it; how many. Empty ones are never written."""
    zone, written = ZoneInfo(wires().settings.timezone), 0
    for person_id, (rhythm, hour) in notices.rhythms().items():
        turn = last_turn(rhythm, hour, now, zone)
        with notices.addresses(), transaction(SYSTEM, "notices.mailed", at=now) as work:
            waiting = notices.unmailed(Mailing.DIGEST).where(Notice.person_id == person_id, Notice.at <= (turn or now))
            found = work.session.scalars(waiting.with_for_update(skip_locked=True)).all()
            key = f"digest:{turn:%Y-%m-%dT%H}" if turn else ""
            written += _mail(work, person_id, found, key)
    return written


def _mail(work: Work, person_id: int, found: Sequence[Notice], key: str) -> int:
    """One mail to a person, or none where nothing is left to be told; either way these notices are done with."""
    reader = actor_of(person_id)
    for notice in found:
        notice.mailed_at = work.at
    unread = [notice for notice in found if notice.read_at is None]
    left = notices.visible(unread, reader) if reader and reader.email and key else []
    if not left or reader is None:
        return 0
    lines = _lines(left)
    text, html = _written(lines, reader.name)
    once = f"{key}:{person_id}" if key.startswith("digest") else f"{key}:{left[0].id}"
    queue(work, reader.email, _subject(lines, work.at, key), text, html=html, key=once, unsubscribe=SETTINGS)
    return 1


def _lines(found: Sequence[Notice]) -> list[Line]:
    base = wires().settings.base_url
    named = notices.places(notice.scope for notice in found)
    return [
        Line(
            notice.kind,
            notices.sentence(notice),
            named.get(notice.scope, ""),
            f"{base}/notices/{notice.id}" if base else "",
        )
        for notice in found
    ]


def _subject(lines: Sequence[Line], at: datetime, key: str) -> str:
    if not key.startswith("digest") and len(lines) == 1:
        return lines[0].text
    day = formats.day(at.astimezone(ZoneInfo(wires().settings.timezone)).date())
    return ngettext("Launch90: %(num)d notice, %(day)s", "Launch90: %(num)d notices, %(day)s", len(lines), day=day)


def _written(lines: Sequence[Line], name: str) -> tuple[str, str]:
    base = wires().settings.base_url
    context = {
        "parts": rules.parts(lines),
        "more": max(0, len(lines) - rules.MOST),
        "hello": _("Hello %(name)s,", name=name),
        "base": base,
        "settings": f"{base}{SETTINGS}" if base else "",
    }
    text, html = (current_app.jinja_env.get_template(f"accounts/mail_notices.{kind}") for kind in ("txt", "html"))
    return text.render(context), html.render(context)
