"""What is so now in a project that its owners should be told of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import select

from crm.kpis.rules.definitions import KPIS
from crm.trends import queries as trends
from infra.database import db
from readiness.alerts.models import ReadinessAlert
from readiness.alerts.rules import LATELY, Alarm, Found, is_news, of_line
from readiness.benefits import queries as benefits
from readiness.evidence import queries as evidence
from readiness.gates import queries as gates
from readiness.gates.rules.decision import Standing
from readiness.gates.rules.definitions import Criterion, Gate
from readiness.gates.rules.results import Result, Unknown
from readiness.gates.rules.sources import Look
from readiness.verdict import queries as verdicts
from readiness.waivers import queries as waivers
from readiness.waivers.rules import State
from roadmap.audience import queries as audience

WEEK = timedelta(days=7)
_FIGURES = ("kpi",)
"""The sources of criteria whose subject is a figure."""


def known(project_id: int) -> dict[tuple[str, str], ReadinessAlert]:
    """What goes on by what is remembered: one statement."""
    query = select(ReadinessAlert).where(ReadinessAlert.project_id == project_id, ReadinessAlert.over_at.is_(None))
    return {(row.alarm, row.key): row for row in db.session.scalars(query)}


def found(look: Look) -> list[Found]:
    """Everything worth an alert in a project at this moment, judged anew."""
    rows = gates.gates(look.project_id)
    criteria = {each.id: each for gate in rows for each in gate.criteria}
    return [*_of_gates(rows, look), *_of_waivers(criteria, look), *_of_figures(criteria, look)]


def _of_gates(rows: Sequence[Gate], look: Look) -> Iterator[Found]:
    standings = verdicts.standings(rows, look)
    ended = _ended_statements(standings, look)
    kept = verdicts.newest_before([each.id for each in rows], look.today)
    for standing in standings:
        day = kept.get(standing.gate.id)
        before = {str(line["key"]): str(line["result"]) for line in day.lines} if day else {}
        for line in standing.lines:
            told = of_line(line, before, standing.gate.name, expired=line.criterion.id in ended)
            if told is not None:
                yield told


def _ended_statements(standings: Sequence[Standing], look: Look) -> set[int]:
    """The criteria about which nothing is known because the last statement no longer counts."""
    silent = [
        line.criterion.id
        for standing in standings
        for line in standing.lines
        if line.result is Result.UNKNOWN and line.unknown is Unknown.NO_VALUE
    ]
    newest = evidence.statements(look.project_id, silent) if silent else {}
    return {number for number, said in newest.items() if not said[0].withdrawn and said[0].until < look.today}


def _of_waivers(criteria: dict[int, Criterion], look: Look) -> Iterator[Found]:
    """Criteria whose last waiver that was given has passed its day."""
    last = {row.criterion_id: row for row in reversed(waivers.waivers(look.project_id)) if row.state is State.GIVEN}
    for number, row in last.items():
        asked = criteria.get(number)
        if asked is not None and row.until < look.today:
            news, day = is_news(row.until, look.today), (("day", row.until.isoformat()),)
            subject = f"criterion:{asked.id}"
            yield Found(Alarm.WAIVER, str(row.id), subject, asked.statement, asked.owner_id, news, day)


def _of_figures(criteria: dict[int, Criterion], look: Look) -> Iterator[Found]:
    """The figures that this roll-out asks about at a gate or aims at, in weeks that stand out."""
    named = {each.subject: (f"criterion:{each.id}", each.owner_id) for each in criteria.values() if _asks_figure(each)}
    rows = benefits.chosen_in(look.project_id)
    aims = benefits.aims_of(look.project_id, rows, audience.audience(look.project_id))
    for row in rows:
        named.setdefault(aims[row.id].kpi, (f"foreseen:{row.id}", None))
    for each in trends.anomalies(limit=200) if named else ():
        if each.key in named and look.today - each.week <= 2 * LATELY:
            subject, owner = named[each.key]
            news = is_news(each.week + WEEK, look.today)
            day = (("day", each.week.isoformat()),)
            yield Found(Alarm.KPI, str(each.id), subject, KPIS[each.key].label, owner, news, day)


def _asks_figure(each: Criterion) -> bool:
    return each.source in _FIGURES and each.subject in KPIS
