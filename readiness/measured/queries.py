"""What the system measured, as evidence. Values are those of the system, the same for every reader; the records behind
them are a number and a link, where each reader finds what they may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import func, select, union

from accounts.teams import queries as teams
from accounts.teams import rules as tree
from crm.access.queries import access_of
from crm.counts.queries import Scope
from crm.counts.rules.cells import Ask
from crm.counts.rules.windows import Window
from crm.duplicates.models import DuplicatePair
from crm.duplicates.rules.scores import LIKELY_FROM
from crm.kpis import queries as kpis
from crm.kpis.rules.definitions import KPIS, Unit
from crm.kpis.rules.measures import Measure
from crm.objects.rules.catalogue import OBJECTS
from crm.quality import queries as quality
from crm.quality.rules import Completeness
from crm.records.models import TABLES
from crm.surveys import queries as surveys
from crm.surveys.models import Survey
from crm.surveys.rules.questions import Kind
from crm.surveys.rules.results import CSAT_RULE, Scores, figure_of
from crm.surveys.rules.surveys import FROM_MINIMUM, why_hidden
from crm.trust import queries as trust
from infra.backup import queries as backup
from infra.database import db
from infra.measure import queries as measure
from infra.measure.rules import Tally
from infra.wires import wires
from kernel.actor import SYSTEM
from readiness.gates.rules.definitions import PERCENT, Criterion
from readiness.gates.rules.results import Evidence
from readiness.gates.rules.sources import Look, in_unit, part_of
from readiness.measured import rules
from roadmap.audience import queries as audience

_COMPARED = ("account", "contact")
_P95, _MILLISECONDS = 0.95, 1000
_SHORT = ("ms", "millisecond", "milliseconds")


@dataclass(frozen=True, slots=True)
class Kpis:
    """A figure of the CRM over the audience of the roll-out; the subject is the key of the figure."""

    key: str = "kpi"
    label: str = "KPI"

    def answers(self, subject: str) -> bool:
        """The figures that are kept; those over tickets and surveys are not."""
        return subject in KPIS

    def read(self, criteria: Sequence[Criterion], look: Look) -> Mapping[int, Evidence]:
        """All figures are asked for together; how many statements that takes depends on the kinds of figures."""
        crowd, today = audience.audience(look.project_id), _today(look)
        asks = {each.id: _ask(each, today, crowd.live_since) for each in criteria if self.answers(each.subject)}
        wanted = [ask for ask in asks.values() if ask is not None]
        figures = kpis.together(wanted, access_of(SYSTEM), teams=crowd.teams, people=crowd.people) if wanted else None
        found: dict[int, Evidence] = {}
        for each in criteria:
            ask = asks.get(each.id)
            if each.id not in asks:
                found[each.id] = Evidence(why=_("the records that it counts are not kept in this CRM"))
            elif ask is None or figures is None:
                found[each.id] = Evidence(why=_("the roll-out is not live yet"), rule=_(KPIS[each.subject].rule))
            else:
                found[each.id] = _of_figure(each, figures.measure(ask), ask.window)
        return found

    def subjects(self, _look: Look) -> Sequence[tuple[str, str]]:
        """The figures that are kept."""
        return [(each.key, _(each.label)) for each in KPIS.values()]


@dataclass(frozen=True, slots=True)
class Surveys:
    """What people answered in the newest survey on a topic, of the audience as far as it is known who answered."""

    key: str = "survey"
    label: str = "Survey"

    def answers(self, subject: str) -> bool:
        """The topics on which a survey was opened."""
        return subject in surveys.opened_topics()

    def read(self, criteria: Sequence[Criterion], look: Look) -> Mapping[int, Evidence]:
        """One statement where no survey was opened; else that of the audience, one more, and two a topic."""
        topics = {each.subject for each in criteria} & surveys.opened_topics()
        known: dict[str, Evidence] = {}
        if topics:
            crowd, theirs = audience.audience(look.project_id), audience.teams_of(look.project_id)
            scope = kpis.scope_of(access_of(SYSTEM), crowd.teams, people=crowd.people)
            for topic, rows in surveys.newest_by_topic(topics).items():
                fitting = [each for each in rows if theirs is None or not each.teams or theirs & _asked(each)]
                known[topic] = _of_survey(fitting[0], scope, look) if fitting else _NO_SURVEY
        return {each.id: _in_its_unit(known.get(each.subject, _NO_SURVEY), each) for each in criteria}

    def subjects(self, _look: Look) -> Sequence[tuple[str, str]]:
        """The topics on which a survey was opened."""
        return [(each, each) for each in sorted(surveys.opened_topics())]


def _asked(survey: Survey) -> frozenset[int]:
    """The teams whose people were asked: those below count."""
    return tree.with_below(teams.parents(), survey.teams)


_NO_SURVEY = Evidence(why="no survey on this topic was opened yet")


def _of_survey(survey: Survey, scope: Scope, look: Look) -> Evidence:
    """The figure that a survey is known by. It speaks of its last day, or of now while it is open."""
    row = surveys.row(survey.id)
    hidden = why_hidden(anonymous=row.anonymous, state=row.state, minimum=row.minimum, n=row.answered)
    href, at = f"/crm/surveys/{survey.id}", survey.closed_at or look.now
    kind, scores = (None, Scores()) if hidden else surveys.scores(survey.id, scope)
    n = row.answered if hidden else scores.n
    if hidden or 0 < scores.n < row.minimum:
        why = _(hidden or FROM_MINIMUM, minimum=row.minimum)
        return Evidence(n=n, at=at, why=why, version=survey.name, href=href)
    value, rule = figure_of(kind, scores)
    return Evidence(
        value,
        n=scores.n,
        at=at,
        why="" if value is not None else _("nobody has answered yet"),
        version=survey.name,
        since=survey.opened_at.date() if survey.opened_at else None,
        until=at.date(),
        offending=scores.n - scores.satisfied if kind is Kind.CSAT else 0,
        href=href,
        rule=_(rule),
    )


def _in_its_unit(found: Evidence, criterion: Criterion) -> Evidence:
    """A share in percent as the criterion wants it; what is no share stays as it is."""
    if found.value is None or found.rule != _(CSAT_RULE) or criterion.unit == PERCENT:
        return found
    return replace(found, value=in_unit(found.value / 100, criterion.unit))


def _today(look: Look) -> Window:
    """The day of the instance, as figures of the CRM count it."""
    zone = ZoneInfo(wires().settings.timezone)
    today = look.now.astimezone(zone).date()
    return Window(today, today, look.now, zone)


def _ask(criterion: Criterion, today: Window, live_since: date | None) -> Ask | None:
    window = rules.stretch(KPIS[criterion.subject], criterion.window_days, live_since, today)
    return None if window is None else Ask(criterion.subject, window)


def _of_figure(criterion: Criterion, found: Measure, window: Window) -> Evidence:
    one = KPIS[criterion.subject]
    lacking = 0
    if one.unit is Unit.SHARE and found.numerator is not None and found.denominator is not None:
        lacking = int(found.denominator - found.numerator)
    return Evidence(
        None if found.value is None else float(rules.in_percent(found.value, one, criterion.unit)),
        n=found.n,
        at=min(window.now, window.end),
        why=_(found.why) if found.why else "",
        version=_(one.label),
        since=found.since,
        until=found.until,
        offending=lacking,
        href=f"/crm/kpis/{one.key}",
        rule=_(one.rule),
    )


@dataclass(frozen=True, slots=True)
class DataQuality:
    """Duplicates that are left, and required fields that are valid, in all or of one object."""

    key: str = "data-quality"
    label: str = "Data quality"

    def answers(self, subject: str) -> bool:
        """Duplicates, required fields, and those of each object."""
        return subject in (rules.DUPLICATES, rules.FIELDS, *OBJECTS)

    def read(self, criteria: Sequence[Criterion], look: Look) -> Mapping[int, Evidence]:
        """One statement for duplicates, and a few for fields and the audience, whichever are asked about."""
        subjects = {each.subject for each in criteria}
        pairs = _duplicates() if rules.DUPLICATES in subjects else (0, 0)
        fields = _fields(look) if subjects - {rules.DUPLICATES} else {}
        return {
            each.id: _of_duplicates(each, *pairs, look)
            if each.subject == rules.DUPLICATES
            else _of_fields(each, fields, look)
            for each in criteria
            if self.answers(each.subject)
        }

    def subjects(self, _look: Look) -> Sequence[tuple[str, str]]:
        """Duplicates, required fields, and those of each object."""
        objects = [(each.key, _("Required fields: %(name)s", name=_(each.label_plural))) for each in OBJECTS.values()]
        return [(rules.DUPLICATES, _("Duplicates")), (rules.FIELDS, _("Required fields")), *objects]


def _duplicates() -> tuple[int, int]:
    """How many accounts and contacts stand in a pair that is likely one, and how many there are."""
    columns = []
    for kind in _COMPARED:
        table = TABLES[kind]
        likely = (DuplicatePair.kind == kind, DuplicatePair.dismissed.is_(False), DuplicatePair.bits >= LIKELY_FROM)
        ids = union(select(DuplicatePair.first_id).where(*likely), select(DuplicatePair.second_id).where(*likely))
        there = select(func.count(table.id)).where(table.deleted_at.is_(None))
        columns += [there.where(table.id.in_(ids.scalar_subquery())).scalar_subquery(), there.scalar_subquery()]
    counts = db.session.execute(select(*columns)).one()
    return sum(counts[::2]), sum(counts[1::2])


def _of_duplicates(criterion: Criterion, doubled: int, whole: int, look: Look) -> Evidence:
    said = Evidence(
        at=look.now,
        n=whole,
        href="/crm/duplicates",
        rule=_("Accounts and contacts in a pair that is surely or likely one record, of all accounts and contacts."),
    )
    if not whole:
        return replace(said, why=_("there are no accounts and contacts yet"))
    return replace(said, value=part_of(doubled, whole, criterion.unit), offending=doubled)


def _fields(look: Look) -> dict[str, Completeness]:
    """How the required fields stand for the audience, by object and in all."""
    crowd = audience.audience(look.project_id)
    parts = [each for each in quality.tallies(access_of(SYSTEM)) if crowd.holds(each.team_id, each.owner_id)]
    by_kind = {kind: quality.total(each for each in parts if each.kind == kind) for kind in OBJECTS}
    return by_kind | {rules.FIELDS: quality.total(parts)}


def _of_fields(criterion: Criterion, fields: Mapping[str, Completeness], look: Look) -> Evidence:
    found = fields[criterion.subject]
    subject = OBJECTS.get(criterion.subject)
    said = Evidence(
        at=look.now,
        n=found.required,
        href=f"/crm/quality/{subject.plural}" if subject else "/crm/quality",
        rule=_("Valid required fields of all required fields; every field weighs the same."),
    )
    if not found.required:
        return replace(said, why=_("there are no records yet"))
    value = part_of(found.valid, found.required, criterion.unit)
    return replace(said, value=value, offending=found.required - found.valid)


@dataclass(frozen=True, slots=True)
class PermissionTests:
    """The last run of the tests of access: the share of answers that were as expected."""

    key: str = "permission-test"
    label: str = "Permission test"

    def answers(self, _subject: str) -> bool:
        """Always: there is one suite."""
        return True

    def read(self, criteria: Sequence[Criterion], _look: Look) -> Mapping[int, Evidence]:
        """One statement: the last run speaks of the moment when it ran."""
        last = next(iter(trust.runs(1)), None)
        return {each.id: _of_run(each, last) for each in criteria}

    def subjects(self, _look: Look) -> Sequence[tuple[str, str]]:
        """The one suite."""
        return [("matrix", _("All permission tests"))]


def _of_run(criterion: Criterion, last: trust.Run | None) -> Evidence:
    rule = _("Expected answers of all answers in the last run; the database's own answers count likewise.")
    if last is None or not last.cases:
        return Evidence(why=_("no permission test has run yet"), href="/crm/setup/permission-tests", rule=rule)
    value = part_of(last.passed, last.cases, criterion.unit)
    if last.compared:
        value = min(value, part_of(last.agreed, last.compared, criterion.unit))
    return Evidence(
        value,
        n=last.cases,
        at=last.at,
        version=_("run %(number)s, grants %(digest)s", number=last.id, digest=last.grants_digest[:8]),
        offending=last.failed + last.compared - last.agreed,
        href=f"/crm/setup/permission-tests/{last.id}",
        rule=rule,
    )


@dataclass(frozen=True, slots=True)
class BackupDrill:
    """The last restore drill: whether what came back was what had been saved."""

    key: str = "backup-drill"
    label: str = "Restore drill"

    def answers(self, _subject: str) -> bool:
        """Always: there is one kind of drill."""
        return True

    def read(self, criteria: Sequence[Criterion], _look: Look) -> Mapping[int, Evidence]:
        """One statement: the last drill speaks of the moment when it was held."""
        last = backup.last_drill()
        rule = _("The newest backup was restored beside the data, and every check of it held.")
        if last is None:
            return {each.id: Evidence(why=_("no restore drill was held yet"), rule=rule) for each in criteria}
        failed = sum(not check[1] for check in last.checks)
        said = Evidence(
            n=len(last.checks),
            at=last.started_at,
            version=last.file,
            offending=failed,
            href="/admin/backups",
            rule=rule,
        )
        return {each.id: replace(said, value=in_unit(float(last.passed), each.unit)) for each in criteria}

    def subjects(self, _look: Look) -> Sequence[tuple[str, str]]:
        """The one kind of drill."""
        return [("latest", _("The last restore drill"))]


@dataclass(frozen=True, slots=True)
class Measurements:
    """What the application measures of itself: answer times and failures."""

    key: str = "measurement"
    label: str = "System measurement"

    def answers(self, subject: str) -> bool:
        """Answer times and failures; whatever else is measured elsewhere can be stated."""
        return subject in rules.MEASURED

    def read(self, criteria: Sequence[Criterion], look: Look) -> Mapping[int, Evidence]:
        """One statement for each stretch that is asked for."""
        known = [each for each in criteria if self.answers(each.subject)]
        return _unmeasured(criteria) | {
            number: found for days in {_days(each) for each in known} for number, found in _over(days, known, look)
        }

    def subjects(self, _look: Look) -> Sequence[tuple[str, str]]:
        """Answer times and failures."""
        return [(key, _(name)) for key, (name, _rule) in rules.MEASURED.items()]


def _unmeasured(criteria: Iterable[Criterion]) -> dict[int, Evidence]:
    return {each.id: Evidence(why=_("the application does not measure this by itself")) for each in criteria}


def _days(criterion: Criterion) -> int:
    return criterion.window_days or rules.USUAL_DAYS


def _over(days: int, criteria: Sequence[Criterion], look: Look) -> list[tuple[int, Evidence]]:
    since = look.now - timedelta(days=days)
    tally, last = measure.tally_since(since)
    said = Evidence(n=tally.answered, at=last, since=since.date(), until=look.today, href="/admin/system")
    found = []
    for each in (each for each in criteria if _days(each) == days):
        value = _measured(each.subject, tally, each.unit)
        why = "" if tally.answered else _("no answer was measured in these days")
        offending = tally.failed if each.subject == rules.ERRORS else 0
        rule = _(rules.MEASURED[each.subject][1])
        found.append((each.id, replace(said, value=value, why=why, offending=offending, rule=rule)))
    return found


def _measured(subject: str, tally: Tally, unit: str) -> float | None:
    """A measurement in the unit of a criterion; None where nothing was asked for."""
    if not tally.answered:
        return None
    if subject == rules.ERRORS:
        return part_of(tally.failed, tally.answered, unit)
    within = tally.quantile(_P95) or 0.0
    return within if unit in _SHORT else within / _MILLISECONDS
