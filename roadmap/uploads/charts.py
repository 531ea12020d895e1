"""What a file would do to a plan, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from roadmap.branches.charts import Names, Said, change_words, names_of, said
from roadmap.branches.rules.comparing import ADDED, CHANGED, REMOVED, Difference
from roadmap.reimport.queries import Found
from roadmap.reimport.rules.refusing import line_id, row_id

SHOWN = 200
"""So many rows stand on a page."""


@dataclass(frozen=True, slots=True)
class Part:
    """A field that a file changes, as it is refused, and whether it is."""

    id: str
    said: Said
    refused: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """What a file brings to a row: that it comes or goes, or what changes, old and new.

    ``id`` is what it is called where it is refused; a row that a person takes out can't be.
    """

    id: str
    name: str
    what: str
    refused: bool
    lines: tuple[Part, ...]


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
    first: int
    total: int
    verdict: str
    ends: tuple[End, ...]


def pages(found: Found) -> int:
    """How many pages what changes takes, at least one."""
    return max(-(-len(found.differences) // SHOWN), 1)


def ids_of(found: Found, page: int) -> set[str]:
    """What can be refused on a page."""
    shown = found.differences[(page - 1) * SHOWN : page * SHOWN]
    return {row_id(each.key) for each in shown} | {
        line_id(line.key, line.field) for each in shown for line in each.lines
    }


def view(project_id: int, found: Found, page: int = 1, refused: Collection[str] = ()) -> View:
    """What a page shows of what was found, and what of it was refused."""
    stored = names_of(project_id, [])
    names = Names(found.names, stored.people, stored.project, stored.currency, stored.calendars)
    first = (page - 1) * SHOWN
    shown = [_coming(each, names, refused) for each in found.differences[first : first + SHOWN]]
    return View(tuple(shown), first, len(found.differences), verdict(found, refused), tuple(_ends(found)))


def _coming(each: Difference, names: Names, refused: Collection[str]) -> Coming:
    ids = [line_id(line.key, line.field) for line in each.lines]
    parts = tuple(Part(id, said(line, names), id in refused) for id, line in zip(ids, each.lines, strict=True))
    id = "" if each.what == REMOVED else row_id(each.key)
    return Coming(id, names.of(each.key), each.what, row_id(each.key) in refused, parts)


def verdict(found: Found, refused: Collection[str] = ()) -> str:
    """The sentence that the page opens with: what changes, and what that does to go-live."""
    taken = [each for each in found.differences if not _is_refused(each, refused)]
    counts = {what: sum(each.what == what for each in taken) for what in (ADDED, CHANGED, REMOVED)}
    parts = [
        ngettext("one row changes", "%(num)s rows change", counts[CHANGED]) if counts[CHANGED] else "",
        ngettext("one is new", "%(num)s are new", counts[ADDED]) if counts[ADDED] else "",
        ngettext("one goes", "%(num)s go", counts[REMOVED]) if counts[REMOVED] else "",
    ]
    if not any(parts) and not found.also:
        if found.differences:
            return _("Nothing in the plan changes: you refused all that the file says otherwise.")
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


def _is_refused(each: Difference, refused: Collection[str]) -> bool:
    """Whether nothing of what a file brings to a row comes."""
    parts = [line_id(line.key, line.field) in refused for line in each.lines]
    return row_id(each.key) in refused or (bool(parts) and all(parts))


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
