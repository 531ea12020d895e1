"""Choosing what an objective is measured by, freezing its baseline, keeping each day, and saying what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from crm.kpis.rules.definitions import KPIS, Unit
from infra.transaction import Work, transaction
from infra.undo import Undone
from kernel.actor import Actor
from kernel.errors import NotFound, RuleBroken
from kernel.questions import Obstacle
from readiness.benefits import queries
from readiness.benefits.models import ObjectiveAim, ObjectiveBaseline, ObjectiveDay, ObjectiveOutcome
from readiness.benefits.rules import aims
from readiness.benefits.rules.aims import Outcome
from readiness.gates.rules.sources import Look
from roadmap.audience import queries as audience
from roadmap.projects import queries as all_projects
from roadmap.projects import service as projects
from roadmap.projects.events import MayClose

UNDOABLE = {"benefits.aimed": "benefits.edit", "benefits.answered": "benefits.edit"}
"""What can be taken back, and the permission that this needs; a frozen baseline can't, it is superseded."""
_MOST_N = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A baseline to freeze: of which days; ``value`` is empty where it is to be measured here."""

    since: date | None
    until: date | None
    value: float | None = None
    n: int | None = None
    note: str = ""
    reason: str = ""


def known_figures() -> Mapping[str, str]:
    """Every figure that an objective can name, with its label; of some nothing is measured here."""
    return {each.key: each.label for each in KPIS.values()}


def aim(look: Look, objective_id: int, kpi: str, change: float | None, due: date | None, *, actor: Actor) -> Work:
    """Choose what an objective is measured by, and by when. Raises NotFound, RuleBroken."""
    with transaction(actor, "benefits.aimed") as work:
        projects.check_open(look.project_id)
        queries.one(look, objective_id)
        wanted = aims.check_aim(kpi, change, due, known_figures())
        row = work.session.scalar(select(ObjectiveAim).where(ObjectiveAim.objective_id == objective_id))
        if row is None:
            row = ObjectiveAim(project_id=look.project_id, objective_id=objective_id)
            work.session.add(row)
        row.kpi, row.change, row.due = wanted.kpi, wanted.change or 0.0, wanted.due
        _keep_anew(look, work)
    return work


def freeze(look: Look, objective_id: int, wanted: Wanted, *, actor: Actor) -> Work:
    """Freeze a baseline; it replaces the one before it, which stays. Raises NotFound, RuleBroken."""
    with transaction(actor, "benefits.frozen") as work:
        projects.check_open(look.project_id)
        found, live = queries.one(look, objective_id), audience.audience(look.project_id).live_since
        if not found.aim.kpi:
            raise RuleBroken("benefits.no_kpi", "Choose the figure first that the objective is measured by.")
        if wanted.since is None or wanted.until is None:
            raise RuleBroken("benefits.no_days", "Say which days the baseline is of.", field="since")
        aims.check_days(wanted.since, wanted.until, live, look.today)
        late = live is not None and look.today >= live
        reason = aims.check_reason(wanted.reason, replaces=bool(found.baselines), late=late)
        value, n, note = _stated(found, wanted) if wanted.value is not None else _measured(found, wanted, look)
        work.session.add(
            ObjectiveBaseline(
                project_id=look.project_id, objective_id=objective_id, kpi=found.aim.kpi, value=value, n=n,
                since=wanted.since, until=wanted.until, stated=wanted.value is not None, note=note, reason=reason,
                frozen_by_id=actor.id, frozen_at=look.now,
            )
        )  # fmt: skip
        _keep_anew(look, work)
    return work


def answer(look: Look, objective_id: int, outcome: str, words: str, *, actor: Actor) -> Work:
    """Say what has come of an objective. Raises NotFound, RuleBroken."""
    with transaction(actor, "benefits.answered") as work:
        projects.check_open(look.project_id)
        if objective_id not in {row.id for row in queries.chosen_in(look.project_id)}:
            raise NotFound
        if outcome not in set(Outcome):
            raise RuleBroken("benefits.outcome", "Choose what has come of it.", field="outcome")
        said = aims.check_words(words, "words")
        row = work.session.scalar(select(ObjectiveOutcome).where(ObjectiveOutcome.objective_id == objective_id))
        if row is None:
            row = ObjectiveOutcome(project_id=look.project_id, objective_id=objective_id)
            work.session.add(row)
        row.outcome, row.words, row.by_id, row.at = outcome, said, actor.id, look.now
    return work


def keep_day(look: Look, *, actor: Actor) -> int:
    """Keep how every objective of a project stands today; a day that was kept stays as it is. Gives how many."""
    found = queries.objectives(look)
    with transaction(actor, "benefits.kept") as work:
        known = {row.objective_id for row in _kept(look, work)}
        rows = [_as_it_stands(each, look) for each in found if each.id not in known]
        work.session.add_all(rows)
    return len(rows)


def follow_undo(event: Undone, work: Work) -> None:
    """Where the choice of a figure was taken back, the day is told by the one before it."""
    if event.action != "benefits.aimed":
        return
    for scope in event.scopes:
        number = int(scope.partition(":")[2])
        _keep_anew(Look(number, work.at, all_projects.row_of(number).local(work.at).date()), work)


def _keep_anew(look: Look, work: Work) -> None:
    """Today by what is chosen now, so that whoever looks at many roll-outs sees it at once; days that are over stay."""
    work.session.flush()
    for row in _kept(look, work):
        work.session.delete(row)
    work.session.flush()
    work.session.add_all(_as_it_stands(each, look) for each in queries.objectives(look))


def _kept(look: Look, work: Work) -> Sequence[ObjectiveDay]:
    query = select(ObjectiveDay).where(ObjectiveDay.project_id == look.project_id, ObjectiveDay.day == look.today)
    return work.session.scalars(query).all()


def _as_it_stands(each: queries.Objective, look: Look) -> ObjectiveDay:
    return ObjectiveDay(
        project_id=look.project_id,
        objective_id=each.id,
        day=look.today,
        at=look.now,
        kpi=each.aim.kpi,
        baseline=each.baseline.value if each.baseline else None,
        target=each.target,
        value=each.value,
        low=each.interval.low if each.interval else None,
        high=each.interval.high if each.interval else None,
        n=each.measure.n if each.measure else None,
        reach=each.verdict.reach.value,
    )


def obstacles_to_close(question: MayClose) -> list[Obstacle]:
    """A roll-out is not closed before somebody has said what came of each objective."""
    open_ones = queries.unanswered(question.project_id)
    if not open_ones:
        return []
    said = ngettext(
        "Say what has come of the objective “%(name)s”.",
        "Say what has come of %(num)d objectives, among them “%(name)s”.",
        len(open_ones),
        name=open_ones[0].name,
    )
    return [Obstacle(said, f"/projects/{question.project_id}/benefits")]


def _stated(found: queries.Objective, wanted: Wanted) -> tuple[float, int | None, str]:
    """A value that somebody entered, in parts of one where it is a share; it needs a note where it comes from."""
    value = wanted.value
    if value is None or value != value or abs(value) > 1e15:  # noqa: PLR0124, PLR2004  # NaN is no number
        raise RuleBroken("benefits.value", "Give a number.", field="value")
    if wanted.n is not None and not 0 <= wanted.n <= _MOST_N:
        raise RuleBroken("benefits.n", "How many it is counted from is a number from 0 on.", field="n")
    if found.kpi is not None and found.kpi.unit is Unit.SHARE:
        if not 0 <= value <= 100:  # noqa: PLR2004  # percent
            raise RuleBroken("benefits.share", "A share lies between 0 and 100 percent.", field="value")
        value /= 100
    days = (wanted.until - wanted.since).days + 1 if wanted.since and wanted.until else 1
    return aims.by_month(found.aim.kpi, value, days), wanted.n, aims.check_words(wanted.note, "note")


def _measured(found: queries.Objective, wanted: Wanted, look: Look) -> tuple[float, int | None, str]:
    """The figure as it is counted for those days."""
    if found.kpi is None:
        text = "This figure is not measured here: enter its value, and say where it comes from."
        raise RuleBroken("benefits.not_kept", text, field="value")
    if found.kpi.stands:
        text = "This figure is known as it stands today only: enter the value that it had, and say where it comes from."
        raise RuleBroken("benefits.stands", text, field="value")
    since, until = wanted.since or look.today, wanted.until or look.today
    measure = queries.measured(found.kpi.key, since, until, look)
    if measure.value is None or not measure.n:
        text = "Nothing is known for these days: %(why)s. Choose others, or enter the value."
        raise RuleBroken(
            "benefits.unknown", text, field="since", why=_(measure.why) if measure.why else _("nothing was counted")
        )
    days = (measure.until - measure.since).days + 1
    return aims.by_month(found.kpi.key, float(measure.value), days), measure.n, ""
