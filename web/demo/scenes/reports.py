"""Reports in the demo: two were issued, the next one is being written, a link is open and one was withdrawn."""

from __future__ import annotations

from datetime import date, time, timedelta

from reports.issued import service as issued
from reports.issued.rules.draft import DraftData
from reports.issued.rules.framing import Decision
from reports.issuing import charts, service
from reports.share import service as share
from reports.share.rules import LinkData
from web.demo.cast import ROLLOUTS
from web.demo.stage import Stage

NORDIC = ROLLOUTS[0].name
FRIDAY = 4
ISSUED_WITHIN = timedelta(days=13)
"""Only the last two Fridays before today: each PDF takes a second to make."""
TOKEN = "nordic-launch-shared-in-the-demo-only-0001"  # noqa: S105  # meant to be known: production refuses the demo
LETTER = service.Letter(charts.mail_subject, charts.mail_text)
READERS = ("erik", "beatrix")
FIRST = (
    "The accounting system is connected: the cause was country codes of three letters. It cost us six working days, "
    "four of which the reserve of the phase absorbs."
)
SECOND = (
    "Configuration is complete but for one signature from accounting. Training of the champions goes on without it; "
    "go-live does not move any further."
)
DRAFT = "Accounting signed this morning. Three of five champions are trained, the other two next week."


def play(stage: Stage, day: date) -> None:
    """Issue on Fridays; on the last day before today write the next draft and make the links."""
    if stage.rollout.name != NORDIC:
        return
    age = stage.today - day
    if day.weekday() == FRIDAY and timedelta() < age <= ISSUED_WITHIN:
        _issue(stage, day, FIRST if age > timedelta(days=6) else SECOND)
    if day == _eve(stage.today):
        _prepare(stage, day)


def _issue(stage: Stage, day: date, comment: str) -> None:
    now = stage.clock.on(day, time(14, 0))
    people = tuple(stage.ids[key] for key in READERS)
    data = DraftData(comment=comment, decisions=_decisions(day), people=people)
    wanted = issued.Wanted(data, day, f"demo-{day}", period=day.isoformat())
    compose, deliver = charts.composer(stage.project_id, day, now), service.deliver(LETTER)
    issued.issue(
        stage.project_id,
        wanted,
        compose,
        deliver,
        editions=service.editions(data, stage.project_id),
        actor=stage.manager,
    )


def _decisions(day: date) -> tuple[Decision, ...]:
    soon = day + timedelta(days=4)
    return (
        Decision("Sign the test of the accounting connection", "the pilot course waits for it", "Accounting", soon),
        Decision(
            "Free two sellers of each team for training", "champions are trained a week later", "Beatrix Moreau", soon
        ),
        Decision("Name who answers questions in the first week", "", "Jonas Brandt", soon + timedelta(days=3)),
    )


def _prepare(stage: Stage, day: date) -> None:
    now = stage.clock.on(day, time(15, 30))
    people = tuple(stage.ids[key] for key in READERS)
    data = DraftData(DRAFT, "Accounting signed only after a call. Thank them.", _decisions(day)[1:], people)
    issued.save_draft(stage.project_id, data, actor=stage.manager, now=now)
    issued.set_schedule(stage.project_id, FRIDAY, "15:00", data, "hold", actor=stage.manager, now=now)
    board = LinkData(
        "Fjordline, steering group", plan=True, gantt=True, reports=True, expires=stage.today + timedelta(30)
    )
    share.make(stage.project_id, board, actor=stage.manager, today=day, token=TOKEN)
    old = LinkData("Trade fair visitors", gantt=True, expires=stage.today + timedelta(days=60))
    number, _token = share.make(stage.project_id, old, actor=stage.manager, today=day, token=f"{TOKEN}-withdrawn")
    share.revoke(stage.project_id, number, actor=stage.manager)


def _eve(today: date) -> date:
    """The last working day before today."""
    before = today - timedelta(days=1)
    return before - timedelta(days=max(0, before.weekday() - FRIDAY))
