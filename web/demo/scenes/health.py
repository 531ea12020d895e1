"""Health in the demo: a manager claims another colour than the computed one, the days are kept, people look in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time, timedelta

from desk.overview import service as visits
from desk.overview.rules.visits import Seen
from infra.audit import queries as trail
from kernel.actor import SYSTEM, project_scope
from readiness.colours import charts
from readiness.health import queries, service
from readiness.health.rules.tolerances import USUAL
from readiness.health.rules.whole import Health
from roadmap.tasks import queries as plans
from web.demo.cast import ROLLOUTS
from web.demo.stage import Stage

FRIDAY, LAST_DAYS = 4, 5
NORDIC, BENELUX = ROLLOUTS[0].name, ROLLOUTS[1].name
CLAIMS: dict[str, dict[int, tuple[str, str]]] = {
    NORDIC: {
        16: ("green", "The charter is signed and the first phase ends on its day."),
        32: (
            "amber",
            "The accounting system costs us days. We use the reserve of the phase until it is connected.",
        ),
        43: ("amber", "Configuration hangs on one signature; go-live moves by four days at most."),
    },
    BENELUX: {
        4: ("green", "The plan is agreed this week, and it has four days of reserve."),
        8: ("green", "Ingrid's help is asked for, not settled: without it we need two days of the reserve."),
    },
}
"""What is claimed, by day since the start."""
TOLERATED = {**asdict(USUAL), "critical_red": 0, "load_red": 140}
"""The steering group of the first roll-out bears no critical risk, and short peaks of work."""
VISITORS: dict[str, tuple[str, ...]] = {NORDIC: ("erik", "beatrix", "maren", "samira"), BENELUX: ("erik", "beatrix")}
LOOKED_IN = 5
"""How many days ago those who read looked in last."""


ANSWERS = {
    "forecast": "The reserve of the next phase covers these days; the steering group knows it.",
    "critical": "It is done on site and waits for one signature; nothing behind it has to move.",
    "indicator": "We know of it and judge it otherwise, for the reason that the claim names.",
    "spi": "Work was reported late in these weeks; what is done is more than what is ticked.",
    "overload": "The peak is two days long and agreed with the person; leave follows it.",
    "no_data": "Nothing is recorded of it yet, and nothing has come up in the meetings.",
    "must_have": "It fails today and is due later; who owns it has a day for it.",
}
"""What a manager says to what contradicts a claim."""


def play(stage: Stage, day: date) -> None:
    """Claim what is to be claimed, keep the day (every Friday, and the last days), look in."""
    if stage.rollout.name == NORDIC and day == stage.start:
        stage.clock.on(day, time(15, 5))
        service.set_tolerances(stage.project_id, TOLERATED, actor=stage.manager)
    said = CLAIMS.get(stage.rollout.name, {}).get(stage.day_of(day))
    if said is not None:
        _claim(stage, day, *said)
        _answer(stage, day)
    if day.weekday() == FRIDAY or (stage.today - day).days <= LAST_DAYS:
        service.keep_day(stage.project_id, day, actor=SYSTEM)
    if day < stage.today - timedelta(days=LOOKED_IN) <= day + timedelta(days=3 if day.weekday() == FRIDAY else 1):
        _look_in(stage, day)


def _claim(stage: Stage, day: date, state: str, reason: str) -> None:
    now = stage.clock.on(day, time(15, 12))
    service.claim(stage.project_id, state, reason, None, actor=stage.manager, now=now, today=day)


def _answer(stage: Stage, day: date) -> None:
    """Answer what contradicts the claim, a few minutes after it."""
    answer(stage, queries.one(stage.project_id, day, stage.manager), stage.clock.on(day, time(15, 20)))


def answer(stage: Stage, judged: Health, now: datetime) -> None:
    """Answer what contradicts the claim and nobody has said anything to."""
    open_ones = queries.unanswered(judged, queries.answers_to(judged))
    said = {each.key: ANSWERS[each.against.value] for each in open_ones}
    if said:
        service.answer(judged, said, charts.sentences(judged), actor=stage.manager, now=now)


def _look_in(stage: Stage, day: date) -> None:
    """Some look at the roll-out, so that the overview can say what has changed since."""
    newest = trail.of_scope(project_scope(stage.project_id), limit=1)
    rows = [row for row in plans.rows(stage.project_id, day) if row.type == "milestone"]
    seen = {str(row.id): row.finish.date().isoformat() for row in rows}
    for place, key in enumerate(VISITORS.get(stage.rollout.name, ())):
        now = stage.clock.on(day, time(16, 5 + 4 * place))
        visits.keep_visit(stage.project_id, Seen(now, newest[0].id, seen), actor=stage.actor(key))
