"""What a file would do to a plan, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from roadmap.branches.charts import Names, Said, change_words, names_of, said
from roadmap.branches.rules.comparing import ADDED, CHANGED, REMOVED
from roadmap.reimport.queries import Found

SHOWN = 200
"""So many rows are shown one by one; more, nobody reads."""


@dataclass(frozen=True, slots=True)
class Coming:
    """What a file brings to a row: that it comes or goes, or what changes, old and new."""

    name: str
    what: str
    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class End:
    """A day that people look at, before and after."""

    label: str
    before: str
    after: str
    change: str


@dataclass(frozen=True, slots=True)
class View:
    """A file as its page shows it."""

    coming: tuple[Coming, ...]
    more: int
    verdict: str
    ends: tuple[End, ...]


def view(project_id: int, found: Found) -> View:
    """What the page shows of what was found."""
    stored = names_of(project_id, [])
    names = Names(found.names, stored.people, stored.project, stored.currency, stored.calendars)
    shown = [
        Coming(names.of(each.key), each.what, tuple(said(line, names) for line in each.lines))
        for each in found.differences[:SHOWN]
    ]
    return View(tuple(shown), max(len(found.differences) - SHOWN, 0), verdict(found), tuple(_ends(found)))


def verdict(found: Found) -> str:
    """The sentence that the page opens with: what changes, and what that does to go-live."""
    counts = {what: sum(each.what == what for each in found.differences) for what in (ADDED, CHANGED, REMOVED)}
    parts = [
        ngettext("one row changes", "%(num)s rows change", counts[CHANGED]) if counts[CHANGED] else "",
        ngettext("one is new", "%(num)s are new", counts[ADDED]) if counts[ADDED] else "",
        ngettext("one goes", "%(num)s go", counts[REMOVED]) if counts[REMOVED] else "",
    ]
    if not any(parts) and not found.also:
        return _("Nothing in the plan changes: it says what the file says.")
    text = ", ".join(part for part in parts if part) or _("what the plan stands on changes")
    before, after = (_day(found, name) for name in ("go_live", "live_after"))
    if before is None or after is None:
        before, after = (_day(found, name) for name in ("finish", "finish_after"))
        moved = change_words(before, after) if before else ""
        effect = _("finish: %(change)s", change=moved) if moved else ""
    else:
        effect = _("go-live: %(change)s", change=change_words(before, after))
    sentence = f"{text}; {effect}." if effect else f"{text}."
    return sentence[0].upper() + sentence[1:]


def _ends(found: Found) -> Sequence[End]:
    pairs = ((_("Go-live"), "go_live", "live_after"), (_("Finish"), "finish", "finish_after"))
    days = [(label, _day(found, before), _day(found, after)) for label, before, after in pairs]
    return [
        End(label, _said(before), _said(after), change_words(before, after))
        for label, before, after in days
        if before or after
    ]


def _said(day: date | None) -> str:
    return formats.day(day) if day else _("unknown")


def _day(found: Found, name: str) -> date | None:
    text = found.ends.get(name)
    return date.fromisoformat(text) if text else None
