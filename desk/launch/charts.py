"""A launch day in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from desk.launch.queries import Launch
from infra import formats


def sentence(found: Launch) -> str:
    """Where the launch stands, how many of the audience are here, and how many things go wrong."""
    parts = [_when(found)]
    if found.live:
        here, whole = found.here, found.whole
        parts.append(_("%(here)s of %(whole)s people have signed in since.", here=here, whole=whole))
    problems = len(found.risks) + len(found.actions)
    parts.append(ngettext("%(num)d problem is open.", "%(num)d problems are open.", problems) if problems else "")
    open_conditions = len(found.conditions)
    parts.append(
        ngettext("%(num)d condition has to be met.", "%(num)d conditions have to be met.", open_conditions)
        if open_conditions
        else ""
    )
    return " ".join(each for each in parts if each)


def _when(found: Launch) -> str:
    if found.day is None:
        return _("The go is given; no day is planned for it.")
    day = formats.day(found.day)
    if found.live:
        days = (found.today - found.day).days
        return _("Live since %(day)s.", day=day) if days else _("Launch day: live since this morning.")
    left = (found.day - found.today).days
    if left > 0:
        return ngettext(
            "The go is given: live tomorrow, on %(day)s.",
            "The go is given: live in %(num)d days, on %(day)s.",
            left,
            day=day,
        )
    return _("The go is given, and the planned day, %(day)s, is here. Say when it went live.", day=day)


def kind_words() -> dict[str, str]:
    """What a thing is."""
    return {"task": _("Task"), "milestone": _("Milestone"), "item": _("Checklist item")}
