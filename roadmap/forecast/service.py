"""Publishing forecasts: they are kept as they are, and never changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import delete, update

from infra.transaction import Work, transaction
from kernel.actor import Actor, project_scope
from kernel.errors import RuleBroken
from roadmap.forecast import queries
from roadmap.forecast.models import Forecast, ForecastStop, ForecastWish
from roadmap.forecast.queries import Ground
from roadmap.forecast.rules.answer import RUNS, SEED, Answer, forecast, runs_singly
from roadmap.forecast.rules.keeping import written
from roadmap.forecast.rules.passes import Told
from roadmap.forecast.rules.spreading import SpreadRule, spread_over
from roadmap.projects import service as projects
from roadmap.tasks import service as tasks

AT_ONCE = 250
"""How many open tasks are forecast while somebody waits for the page."""
AT_ONCE_SINGLY = 10
"""The same where each run goes through the scheduler by itself."""
A_WEEK = timedelta(days=7)
_FAILED = "The forecast broke off, and the log says why. Ask for it again; if that fails too, tell who runs Launch90."
_POINTS = ("estimate_low", "estimate_likely", "estimate_high")


def reckon(
    project_id: int, today: date, *, runs: int = RUNS, seed: int = SEED, told: Told | None = None
) -> tuple[Ground, Answer]:
    """Forecast a project as it is now, without keeping it. Raises NotFound, PlanBroken, RuleBroken."""
    ground = queries.ground(project_id, today)
    return ground, forecast(ground.model, ground.targets, runs=runs, seed=seed, told=told, purse=ground.purse)


def publish(
    project_id: int, today: date, *, actor: Actor, now: datetime, runs: int = RUNS, told: Told | None = None
) -> int:
    """Forecast a project and keep it; gives the forecast's number. Raises as `reckon`.

    Nothing is locked while the runs go on: what changes meanwhile is in the next forecast.
    """
    return keep(*reckon(project_id, today, runs=runs, told=told), today, actor=actor, now=now)


def keep(ground: Ground, answer: Answer, today: date, *, actor: Actor, now: datetime) -> int:
    """Keep a forecast that was made; gives its number."""
    with transaction(actor, "forecast.published", at=now) as work:
        return _keep(work, ground, answer, today)


def ask_for(project_id: int, *, actor: Actor, now: datetime) -> None:
    """Have a forecast made by the timetable, for a plan that takes longer than somebody would wait."""
    with transaction(actor, "forecast.asked", at=now) as work:
        work.session.execute(delete(ForecastWish).where(ForecastWish.project_id == project_id))
        work.session.add(ForecastWish(project_id=project_id, at=now, by_id=actor.id, percent=0, error=""))
        work.note("forecast.asked", subject=f"project:{project_id}", scope=project_scope(project_id))


def takes_long(ground: Ground) -> bool:
    """Whether it is made by the timetable instead of at once: of many tasks, or where each run has to be scheduled."""
    if ground.basis.open > AT_ONCE:
        return True
    try:
        return ground.basis.open > AT_ONCE_SINGLY and runs_singly(ground.model)
    except RuleBroken:
        return False  # said at once by whoever forecasts it


def spread(project_id: int, rule: SpreadRule, *, actor: Actor) -> tuple[int, Work]:
    """Give tasks the estimates that a rule makes; gives how many. Raises RuleBroken for a bad rule, or where it changes
    nothing.
    """
    with transaction(actor, "tasks.changed") as work:
        projects.opened(work, project_id)
        found = spread_over(queries.open_rows(project_id), rule)
        if not found:
            raise RuleBroken(
                "forecast.nothing", "No task would change: all that are open have an estimate.", field="every"
            )
        for each in found:
            values = dict(zip(_POINTS, each.after, strict=True))
            tasks.settle(work, tasks.get(work, project_id, each.row.id), values)
        tasks.reschedule(project_id, work)
    return len(found), work


def keep_one(project_id: int, today: date, *, actor: Actor, now: datetime) -> bool:
    """Keep a forecast unless the newest rests on the same plan and is younger than a week; says whether it did."""
    newest = queries.latest([project_id]).get(project_id)
    ground = queries.ground(project_id, today)
    if newest is not None and newest.digest == ground.digest and now - newest.at < A_WEEK:
        return False
    publish(project_id, today, actor=actor, now=now)
    return True


def fulfil(wish_id: int, today: date, *, actor: Actor, now: datetime) -> None:
    """Make a forecast that somebody waits for, and say how far it is; what was wrong with the plan stays to be read.

    Whatever else goes wrong is raised, and said there, too: nobody behind it in the queue waits for ever. A process
    that dies leaves the wish as it is; the timetable begins it again.
    """
    with transaction(actor, "forecast.begun", at=now) as work:
        wish = work.session.get(ForecastWish, wish_id)
        if wish is None or wish.error:
            return
        project_id = wish.project_id
        wish.percent = 1

    def tell(percent: int) -> None:
        with transaction(actor, "forecast.begun", at=now) as work:
            work.session.execute(update(ForecastWish).where(ForecastWish.id == wish_id).values(percent=percent))

    try:
        publish(project_id, today, actor=actor, now=now, told=tell)
    except RuleBroken as error:
        _break_off(wish_id, str(error), actor=actor, now=now)
        return
    except Exception:
        _break_off(wish_id, _FAILED, actor=actor, now=now)
        raise
    with transaction(actor, "forecast.begun", at=now) as work:
        work.session.execute(delete(ForecastWish).where(ForecastWish.id == wish_id))


def _break_off(wish_id: int, why: str, *, actor: Actor, now: datetime) -> None:
    """Leave a sentence in place of a forecast, so that the next one has its turn."""
    with transaction(actor, "forecast.begun", at=now) as work:
        broken = work.session.get(ForecastWish, wish_id)
        if broken is not None:
            broken.error = why


def _keep(work: Work, ground: Ground, answer: Answer, today: date) -> int:
    row = Forecast(
        project_id=ground.project_id,
        day=today,
        at=work.at,
        by_id=work.actor.id,
        runs=answer.runs,
        seed=answer.seed,
        exact=answer.exact,
        goal_id=answer.goal,
        planned=answer.planned,
        target=answer.target,
        chance=answer.chance,
        digest=ground.digest,
        cost_p50=answer.cost_p50,
        cost_p80=answer.cost_p80,
        currency=ground.purse.currency if ground.purse else "",
        content=written(answer, ground.basis),
        **{name: getattr(answer.quantiles, name) for name in ("p10", "p50", "p80", "p95")},
    )
    work.session.add(row)
    work.session.flush()
    work.session.add_all(
        ForecastStop(
            forecast_id=row.id,
            task_id=stop.task,
            name=ground.names[stop.task],
            target=stop.target,
            chance=stop.chance,
            **{name: getattr(stop.quantiles, name) for name in ("p10", "p50", "p80", "p95")},
        )
        for stop in answer.stops
    )
    facts = {"p50": f"{row.p50:%Y-%m-%d}", "p80": f"{row.p80:%Y-%m-%d}"}
    scope = project_scope(ground.project_id)
    work.note("forecast.published", subject=f"project:{ground.project_id}", scope=scope, **facts)
    return row.id
