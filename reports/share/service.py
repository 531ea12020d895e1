"""Making, withdrawing and opening share links."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from accounts.passwords import service as passwords
from infra.knocks import service as doors
from infra.knocks.rules import PHRASE, PHRASES, READ, WRONG
from infra.sealed import digest_of
from infra.transaction import Work, transaction
from kernel.actor import SYSTEM, Actor
from kernel.errors import NotFound
from reports.issued import queries as issued
from reports.share import queries, rules
from reports.share.models import ShareLink, ShareOpening
from reports.share.queries import LinkRow
from reports.share.rules import LinkData
from roadmap.projects.queries import row_of


def make(project_id: int, data: LinkData, *, actor: Actor, today: date, token: str = "") -> tuple[int, str]:
    """Make a link; its number and its token, which is kept as a hash only. Raises RuleBroken, NotFound.

    ``token`` is given by the demo alone, whose link stands in its documentation.
    """
    last_day = rules.check_link(data, today)
    report = issued.report(project_id, data.report) if data.reports and data.report else None
    token = token or secrets.token_urlsafe(32)
    with transaction(actor, "share.made") as work:
        row = ShareLink(
            project_id=project_id,
            name=data.name.strip(),
            token_hash=digest_of(token),
            passphrase=passwords.hashed(data.passphrase) if data.passphrase else "",
            plan=data.plan,
            gantt=data.gantt,
            reports=data.reports,
            report_id=report.id if report else None,
            costs=data.costs and data.reports,
            created_at=work.at,
            created_by=actor.name,
            expires_at=rules.expiry(last_day, row_of(project_id).zone),
        )
        work.session.add(row)
        work.session.flush()
    return row.id, token


def revoke(project_id: int, link_id: int, *, actor: Actor) -> Work:
    """Withdraw a link at once and for good. Raises NotFound."""
    with transaction(actor, "share.revoked") as work:
        row = work.session.get(ShareLink, link_id)
        if row is None or row.project_id != project_id:
            raise NotFound
        row.revoked_at = row.revoked_at or work.at
        return work


def admit(token: str, visitor: str, now: datetime) -> LinkRow:
    """The link behind a token, for a visitor who may knock. Raises NotFound with one sentence, or TooMany."""
    doors.refuse(WRONG, visitor, now)
    doors.knock(READ, visitor, now)
    found = queries.by_token(token, now)
    if found is None:
        doors.knock(WRONG, visitor, now)
        raise NotFound(rules.OVER)
    return found


def passphrase_fits(link: LinkRow, typed: str, visitor: str, now: datetime) -> bool:
    """Whether somebody knows the passphrase of a link; each try is counted before it is looked at. Raises TooMany."""
    doors.knock(PHRASE, f"{link.id}|{visitor}", now)
    doors.knock(PHRASES, str(link.id), now)
    return passwords.matches(typed, link.passphrase)


def mark_opened(link: LinkRow, now: datetime) -> None:
    """Count an opening; the first of a day enters the trail."""
    day = now.astimezone(UTC).date()
    with transaction(SYSTEM, "share.opened") as work:
        make_: Any = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
        first = make_(ShareOpening).values(link_id=link.id, day=day, times=1, last_at=now)
        values = {"times": ShareOpening.times + 1, "last_at": now}
        again = first.on_conflict_do_update(index_elements=["link_id", "day"], set_=values)
        if work.session.execute(again.returning(ShareOpening.times)).scalar_one() == 1:
            scope = f"project:{link.project_id}"
            work.note("share.opened", subject=f"share_link:{link.id}", label=link.name, scope=scope)
