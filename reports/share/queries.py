"""Reading share links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from infra.database import db
from infra.sealed import digest_of
from kernel.errors import NotFound
from reports.issued.models import IssuedReport
from reports.issued.rules.parts import BLOCKERS, COST
from reports.share.models import ShareLink, ShareOpening
from reports.share.rules import LinkState, state_of


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A share link; ``report`` is the number of the one report it shows, ``opened`` how often it was opened."""

    id: int
    project_id: int
    name: str
    plan: bool
    gantt: bool
    reports: bool
    report_id: int | None
    report: int | None
    costs: bool
    passphrase: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None
    state: LinkState
    opened: int
    last_at: datetime | None

    @property
    def withheld(self) -> tuple[str, ...]:
        """The parts of a report that this link does not show."""
        return (BLOCKERS,) if self.costs else (BLOCKERS, COST)


def links(project_id: int, now: datetime) -> list[LinkRow]:
    """The links of a project: those that work first, then the newest."""
    found = _rows([ShareLink.project_id == project_id], now)
    return sorted(found, key=lambda row: (row.state is not LinkState.LIVE, -row.created_at.timestamp()))


def link(project_id: int, link_id: int, now: datetime) -> LinkRow:
    """One link inside its project. Raises NotFound."""
    return _one(_rows([ShareLink.project_id == project_id, ShareLink.id == link_id], now))


def by_token(token: str, now: datetime) -> LinkRow | None:
    """The link behind a token, if it works."""
    found = _rows([ShareLink.token_hash == digest_of(token)], now)
    return next((row for row in found if row.state is LinkState.LIVE), None)


def _rows(criteria: Iterable[Any], now: datetime) -> list[LinkRow]:
    opened = (
        select(
            ShareOpening.link_id, func.sum(ShareOpening.times).label("n"), func.max(ShareOpening.last_at).label("at")
        )
        .group_by(ShareOpening.link_id)
        .subquery()
    )
    query = (
        select(ShareLink, IssuedReport.number, opened.c.n, opened.c.at)
        .outerjoin(IssuedReport, IssuedReport.id == ShareLink.report_id)
        .outerjoin(opened, opened.c.link_id == ShareLink.id)
        .where(*criteria)
    )
    return [_row(row[0], row[1], int(row[2] or 0), row[3], now) for row in db.session.execute(query)]


def _row(kept: ShareLink, report: int | None, opened: int, last_at: datetime | None, now: datetime) -> LinkRow:
    plain = {
        name: getattr(kept, name)
        for name in LinkRow.__dataclass_fields__
        if name not in ("report", "state", "opened", "last_at")
    }
    state = state_of(kept.expires_at, kept.revoked_at, now)
    return LinkRow(**plain, report=report, state=state, opened=opened, last_at=last_at)


def _one(found: list[LinkRow]) -> LinkRow:
    if not found:
        raise NotFound
    return found[0]
