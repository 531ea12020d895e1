"""Who may do what is looked at once a quarter: the administrator confirms every role but one, which has had its day."""

from __future__ import annotations

from datetime import date, time, timedelta

from accounts.reviews import queries, service
from accounts.reviews.rules import Decision
from web.demo.cast import ROLLOUTS
from web.demo.stage import Stage

AFTER = timedelta(days=21)
"""When the review is held, counted from the start of the first roll-out."""
WITHDRAWN = ("jonas", ROLLOUTS[2].name, "The pilot has ended; what he learned there stands in its template.")
NOTE = "Every manager answered. The next review is due in a quarter."


def play(stage: Stage, day: date) -> None:
    """Hold the review of access on one day."""
    if stage.rollout is not ROLLOUTS[0] or day != stage.start + AFTER:
        return
    admin = stage.actor("astrid")
    review_id = service.begin(actor=admin, now=stage.clock.on(day, time(12, 10)))
    who, where, why = WITHDRAWN
    lines = queries.lines(review_id)
    gone = [each.id for each in lines if each.person_id == stage.ids[who] and each.scope_name == where]
    kept = [each.id for each in lines if each.id not in gone]
    at = stage.clock.on(day, time(12, 25))
    service.decide(review_id, kept, Decision.CONFIRMED.value, "", actor=admin, now=at)
    service.decide(review_id, gone, Decision.WITHDRAWN.value, why, actor=admin, now=at)
    service.close(review_id, NOTE, actor=admin, now=stage.clock.on(day, time(12, 40)))
