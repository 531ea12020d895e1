"""Reports in the demo: issued on three Fridays, the next is being written, a link is open, another withdrawn."""

from __future__ import annotations

from datetime import date, time, timedelta

from reports.beyond.queries import health_on
from reports.issued import service as issued
from reports.issued.rules.draft import DraftData
from reports.issued.rules.framing import Decision
from reports.issuing import charts, service
from reports.share import service as share
from reports.share.rules import LinkData
from web.demo.cast import ROLLOUTS
from web.demo.scenes.health import answer
from web.demo.stage import Stage

NORDIC = ROLLOUTS[0].name
FRIDAY = 4
TOKEN = "nordic-launch-shared-in-the-demo-only-0001"  # noqa: S105  # meant to be known: production refuses the demo
LETTER = service.Letter(charts.mail_subject, charts.mail_text)
READERS = ("beatrix",)
"""Who gets a report with all its parts; each who gets fewer would cost another PDF. Others read it on its page."""
COMMENTS = {
    3: "The pilot load went well and the restore drill took forty minutes. Configuration is under way.",
    4: "The accounting system is connected: the cause was country codes of three letters. Go-live moves by four days.",
    5: (
        "Configuration lacks one signature from accounting, and 214 addresses still disagree; "
        "training goes on meanwhile."
    ),
}
"""What the manager writes above the reports, by week of the roll-out, counted from 0. Each costs the demo a PDF."""
DRAFT = "Accounting signed this morning. Three of five champions are trained, the other two next week."


def play(stage: Stage, day: date) -> None:
    """Issue on Fridays; on the last day before today write the next draft and make the links."""
    if stage.rollout.name != NORDIC:
        return
    week = stage.day_of(day) // 7
    if day.weekday() == FRIDAY and week in COMMENTS:
        _issue(stage, day, COMMENTS[week])
    if day == _eve(stage.today):
        _prepare(stage, day)


def _issue(stage: Stage, day: date, comment: str) -> None:
    now = stage.clock.on(day, time(14, 0))
    answer(stage, health_on(stage.project_id, day, now), now)
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
