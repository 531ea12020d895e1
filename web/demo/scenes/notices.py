"""Notices in the demo: what is old was read, the last mornings tell what is due, and mail waits."""

from __future__ import annotations

from datetime import date, time, timedelta

from accounts.digest import service as digests
from accounts.notices import service as notices
from desk.my_work import service as my_work
from web.demo.cast import ROLLOUTS
from web.demo.stage import Stage

LAST_TOLD = ROLLOUTS[1].name
"""Notices are the instance's: they are told once a day, after the last open roll-out has lived it."""
FRESH, FRIDAY = timedelta(days=4), 4
TOLD, MAILED = time(6, 5), time(7, 5)
EVERYTHING = 2**31 - 1


def play(stage: Stage, day: date) -> None:
    """In the last days tell every next morning what is due, and mail it; before that people have read everything."""
    if stage.rollout.name != LAST_TOLD or day < stage.today - FRESH - timedelta(days=2):
        return
    if day <= stage.today - FRESH:
        for key in stage.ids:
            notices.mark_all_read(up_to=EVERYTHING, actor=stage.actor(key))
    following = day + timedelta(days=3 if day.weekday() == FRIDAY else 1)
    if following < stage.today:
        my_work.tell_due(stage.clock.on(following, TOLD))
        digests.mail_at_once(stage.clock.on(following, MAILED))
        digests.send_digests(stage.clock.now)
