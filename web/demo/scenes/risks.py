"""Risks and action items: a workshop, ratings that move, one risk that strikes, promises kept late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from infra.comments import queries as comments
from kernel.actor import Actor
from roadmap.actions import queries as actions
from roadmap.actions import service as asking
from roadmap.actions.rules import ActionData
from roadmap.risks import queries, service
from roadmap.risks.queries import RiskRow
from roadmap.risks.rules import Rating, ResponseData, State
from roadmap.tasks import queries as plans
from web.demo.cast import PLAYERS, ROLLOUTS
from web.demo.stage import Stage, person

FRIDAY = 4
RATED_A_WEEK = 2
"""How many risks the other roll-outs look at on a Friday."""
LIGHT = 5
REJECTED = {
    "format-incompatibility": "The three sources export UTF-8; checked with a sample of each.",
    "complex-structures": "The old systems hold flat lists only.",
    "entry-frustration": "Seen as part of R-10, technical difficulties.",
    "vendor-delay": "The vendor has nothing left to deliver before launch.",
    "over-customisation": "We use it as it comes; changes pass the steering meeting.",
    "slow-performance": "The vendor runs forty times our load on the same machines.",
    "holiday-clash": "The plan knows the holidays of all four countries.",
    "worker-council": "Agreed with the works council in December.",
    "shadow-lists": "The shared drives turn read-only on launch day.",
    "benefits-unproven": "Looked at after ninety days, not within them.",
    "training-too-early": "Courses end the week before launch.",
    "licence-shortage": "The contract covers twenty more than we need.",
}
"""What the workshop of the second day put aside, with the reason."""
OPENING: Mapping[str, tuple[int, int]] = {
    "data-loss": (1, 5),
    "low-adoption": (2, 3),
    "budget-overrun": (1, 4),
    "data-inconsistencies": (2, 3),
    "downtime": (2, 2),
    "insufficient-resources": (2, 3),
    "resistance": (2, 3),
    "technical-difficulties": (2, 2),
    "lack-of-time": (2, 3),
    "integration-failures": (2, 3),
    "scope-creep": (1, 3),
    "sponsor-absent": (1, 3),
    "key-person-loss": (1, 3),
    "unclear-requirements": (2, 2),
    "poor-data-entry": (2, 2),
    "permission-gaps": (1, 4),
    "privacy-breach": (1, 4),
    "security-attack": (1, 4),
    "failed-cutover": (1, 5),
    "testing-cut-short": (1, 3),
    "help-desk-overload": (1, 2),
    "legacy-access-ends": (1, 3),
}
"""How the workshop rates the others, with the responses that the template plans."""
TARGETS: Mapping[str, tuple[int, int, float, float]] = {
    "data-loss": (1, 4, 1, 3),
    "low-adoption": (2, 3, 5, 10),
    "budget-overrun": (2, 3, 0, 0),
    "data-inconsistencies": (2, 3, 5, 9),
    "downtime": (1, 3, 1, 1),
    "resistance": (2, 2, 2, 4),
    "lack-of-time": (2, 3, 2, 4),
    "integration-failures": (1, 4, 1, 6),
    "key-person-loss": (2, 2, 3, 5),
    "failed-cutover": (1, 4, 2, 3),
    "testing-cut-short": (1, 3, 1, 2),
    "help-desk-overload": (2, 2, 0.5, 1),
    "legacy-access-ends": (1, 3, 3, 3),
}
"""What the risks that stay should come down to, and the working days that they would cost."""
CHANCES = {1: 5, 2: 20, 3: 40, 4: 60, 5: 80}
"""What the workshop means by a probability, in percent."""
REVIEWS = {
    "data-inconsistencies": 46,
    "budget-overrun": 42,
    "low-adoption": 53,
    "key-person-loss": 46,
    "failed-cutover": 60,
}
"""Days of the next look, counted from the start."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A new rating on a day counted from the start; ``closed`` ends the risk with these words."""

    day: int
    key: str
    probability: int = 0
    impact: int = 0
    why: str = ""
    closed: str = ""


STORY = (
    Rated(8, "sponsor-absent", closed="Beatrix opens every steering meeting herself."),
    Rated(9, "scope-creep", 2, 3, "Three wishes were moved behind launch."),
    Rated(10, "data-inconsistencies", 3, 3, "Profiling: 588 customers have another address in accounting."),
    Rated(16, "unclear-requirements", closed="All fourteen processes are signed by their owners."),
    Rated(18, "resistance", 2, 2, "The service teams chose their champions themselves."),
    Rated(21, "insufficient-resources", closed="Tobias takes the backups, so Ingrid has her days for the data."),
    Rated(24, "data-loss", 1, 4, "The restore drill took forty minutes and lost nothing."),
    Rated(25, "downtime", 1, 3, "The pilot load fits into one evening."),
    Rated(28, "integration-failures", 3, 4, "Half of the invoices are refused."),
    Rated(28, "privacy-breach", closed="The processing record is signed; masking was tested with real roles."),
    Rated(30, "poor-data-entry", closed="Each field has an owner and a monthly check."),
    Rated(30, "budget-overrun", 3, 4, "Vendor days that nobody planned, and tasks take longer."),
    Rated(32, "scope-creep", closed="The scope is frozen until launch."),
    Rated(35, "permission-gaps", closed="The matrix was tested with eleven roles, no surprise left."),
    Rated(36, "security-attack", closed="The outside test found nothing above low."),
    Rated(37, "lack-of-time", 3, 4, "Sales gives its teams no second morning before the fair."),
    Rated(37, "key-person-loss", 2, 4, "Ingrid is asked for in Benelux as well."),
    Rated(38, "data-inconsistencies", 4, 5, "After the load 214 addresses disagree; invoices go out in two weeks."),
    Rated(38, "resistance", 3, 3, "Two of three teams ask for an earlier start."),
    Rated(39, "low-adoption", 3, 4, "The trial group signs in daily; their managers not yet."),
    Rated(40, "technical-difficulties", closed="The guides with pictures answer what the help desk was asked."),
    Rated(43, "testing-cut-short", 2, 3, "Testing keeps its week, but loses two days of its reserve."),
    Rated(43, "help-desk-overload", 2, 2, "The pilot's help desk had twice the calls that it planned for."),
    Rated(43, "failed-cutover", 2, 4, "The second rehearsal waits for the addresses."),
    Rated(43, "legacy-access-ends", 2, 4, "The old contract ends a week earlier than thought."),
)
STRUCK = (31, "integration-failures", "It struck: six days lost on country codes. Open until month-end has run once.")
ANSWERS = (
    (11, "data-inconsistencies", "mitigate", "Complete the 588 addresses by hand with accounting", "ingrid", 46),
    (18, "resistance", "mitigate", "Success stories of the pilot in each team's weekly meeting", "samira", 44),
    (33, "integration-failures", "mitigate", "Reconcile invoices daily until month-end has run once", "tobias", 45),
    (36, "budget-overrun", "escalate", "The sponsor decides on overtime", "maren", 47),
)
"""Responses planned in the course: day, risk, kind, what, who, due."""
UNDONE = frozenset({"data-inconsistencies", "integration-failures"})
DONE = (
    (24, "data-loss", "Backed up, rehearsed on the pilot, reconciled batch by batch."),
    (42, "testing-cut-short", "The steering meeting moved the training, not the tests."),
)


def play(stage: Stage, day: date) -> None:
    """Live a day: what is due of the action items, then the story of this roll-out."""
    stage.clock.on(day, time(15, 40))
    if stage.rollout is ROLLOUTS[0]:
        _first(stage, day)
    elif day == stage.start + timedelta(days=1):
        _workshop(stage, {row.key: row for row in queries.register(stage.project_id)})
    elif day.weekday() == FRIDAY:
        _friday(stage)
    _keep_promises(stage, day)


def farewell(stage: Stage, day: date) -> None:
    """A roll-out ends: what is still open is closed with what was done."""
    stage.clock.on(day, time(16, 10))
    for row in queries.register(stage.project_id):
        if row.open:
            done = row.responses[0].text if row.responses else "Nothing is left of it."
            _move(stage, row, State.CLOSED, f"It did not come about. What was done: {done}")


def _first(stage: Stage, day: date) -> None:
    number = stage.day_of(day)
    since = number - (3 if day.weekday() == 0 else 1)
    today = range(since + 1, number + 1)
    found = (
        any(each.day in today for each in STORY)
        or any(each[0] in today for each in (*ANSWERS, *DONE, STRUCK))
        or 1 in today
        or day.weekday() == FRIDAY
        or 38 in today  # noqa: PLR2004  # the day on which things are asked for
    )
    if not found:
        return
    rows = {row.key: row for row in queries.register(stage.project_id)}
    if 1 in today:
        _workshop(stage, rows)
    for key, words in ((each[1], each[2]) for each in DONE if each[0] in today):
        answer = rows[key].responses[0]
        service.complete_response(
            stage.project_id, answer.id, words, actor=_owner(stage, rows[key]), now=stage.clock.now
        )
    if day.weekday() == FRIDAY:
        _carry_out(stage, day, rows)
    for said in STORY:
        if said.day in today:
            _rate(stage, rows[said.key], said)
    if STRUCK[0] in today:
        _move(stage, rows[STRUCK[1]], State.OCCURRED, STRUCK[2])
    for _day, key, kind, text, who, due in (each for each in ANSWERS if each[0] in today):
        data = ResponseData(kind, text, stage.ids[who], stage.start + timedelta(days=due))
        service.add_response(stage.project_id, rows[key].id, data, actor=stage.manager, now=stage.clock.now)
    if 38 in today:  # noqa: PLR2004  # as above
        _ask(stage, rows)


def _carry_out(stage: Stage, day: date, rows: Mapping[str, RiskRow]) -> None:
    """What the template planned is done when its phase ends, but for what waits."""
    for row in rows.values():
        answer = row.responses[0] if row.responses else None
        if row.open and row.key not in UNDONE and answer and not answer.done_at and answer.due and answer.due <= day:
            actor = _owner(stage, row)
            service.complete_response(stage.project_id, answer.id, "As planned.", actor=actor, now=stage.clock.now)


def _workshop(stage: Stage, rows: Mapping[str, RiskRow]) -> None:
    """The risks of the template are looked at together: some are none here, the others are rated and get targets."""
    for key, why in REJECTED.items():
        _move(stage, rows[key], State.REJECTED, why)
    for key, rated in OPENING.items():
        said = "Rated together, with what is planned against it."
        actor, now = stage.manager, stage.clock.now
        service.score(stage.project_id, rows[key].id, Rating(*rated), said, actor=actor, now=now)
    for key, (probability, impact, low, high) in TARGETS.items():
        values = {"target_probability": probability, "target_impact": impact, "days_low": low, "days_high": high}
        values["chance"] = CHANCES[OPENING[key][0]]
        if key in REVIEWS:
            values["review_on"] = stage.start + timedelta(days=REVIEWS[key])  # type: ignore[assignment]  # fields of several kinds
        service.change(stage.project_id, rows[key].id, values, actor=stage.manager)
    links = {"data-inconsistencies": "profile-data", "integration-failures": "connect-systems"}
    tasks = {row.key: row.id for row in plans.rows(stage.project_id, stage.start)}
    for key, task in links.items():
        if task in tasks:
            service.link(stage.project_id, rows[key].id, f"task:{tasks[task]}", actor=stage.manager)


def _ask(stage: Stage, rows: Mapping[str, RiskRow]) -> None:
    """Things are asked for: from a risk, from what was said about a task, and from nothing."""
    tasks = {row.key: row.id for row in plans.rows(stage.project_id, stage.start)}
    said = comments.of_subject(f"task:{tasks['connect-systems']}", stage.manager)
    wanted = [
        ("Ask accounting which address wins", "ingrid", 42, f"risk:{rows['data-inconsistencies'].id}"),
        ("Get the vendor's word on country codes in writing", "tobias", 45, f"comment:{said[0].id}" if said else ""),
        ("Tell the team leads the day of the freeze", "maren", 47, ""),
    ]
    for title, who, due, subject in wanted:
        data = ActionData(title, "", stage.ids[who], stage.start + timedelta(days=due), subject)
        asking.add_action(stage.project_id, data, actor=stage.manager, now=stage.clock.now)


def _friday(stage: Stage) -> None:
    """The heaviest are looked at: what was planned is done, and they come down; light ones are closed."""
    open_ones = queries.heaviest(row for row in queries.register(stage.project_id) if row.open and row.now)
    for row in open_ones[:RATED_A_WEEK]:
        now, actor = row.now or Rating(1, 1), _owner(stage, row)
        if row.next_response:
            service.complete_response(stage.project_id, row.next_response.id, actor=actor, now=stage.clock.now)
        lower = Rating(max(1, now.probability - 1), now.impact if now.probability > 1 else max(1, now.impact - 1))
        service.score(stage.project_id, row.id, lower, "The response works.", actor=actor, now=stage.clock.now)
        if lower.score <= LIGHT:
            _move(stage, row, State.CLOSED, "Watched for a while; nothing is left of it.")


def _rate(stage: Stage, row: RiskRow, said: Rated) -> None:
    if said.closed:
        _move(stage, row, State.CLOSED, said.closed)
        return
    rated = Rating(said.probability, said.impact)
    service.score(stage.project_id, row.id, rated, said.why, actor=_owner(stage, row), now=stage.clock.now)


def _move(stage: Stage, row: RiskRow, state: State, words: str) -> None:
    service.move(stage.project_id, row.id, state, words, actor=stage.manager, now=stage.clock.now)


def _keep_promises(stage: Stage, day: date) -> None:
    """Action items that are due are done by whoever has them; what was asked for by hand waits a little longer."""
    for row in actions.late(stage.project_id, day + timedelta(days=1)):
        if row.source == "foreseen":
            stage.clock.on(day, time(16, 5))
            actor = _actor(stage, row.responsible_id)
            asking.complete(stage.project_id, row.id, "Done.", actor=actor, now=stage.clock.now)


def _owner(stage: Stage, row: RiskRow) -> Actor:
    return _actor(stage, row.responsible_id)


def _actor(stage: Stage, person_id: int | None) -> Actor:
    """Whoever has it, or the manager for somebody who does not sign in."""
    signs_in = {stage.ids[player.key] for player in PLAYERS if player.signs_in}
    return person(person_id) if person_id is not None and person_id in signs_in else stage.manager
