"""The adoption report as the document that becomes a PDF."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _

from adoption.measures.rules import verdict
from adoption.onboarding.rules import Step
from adoption.page import charts, queries
from adoption.page.queries import Look, View
from crm.kpis.rules.definitions import KPIS
from infra import formats
from infra.pdf import beyond_latin
from infra.wires import wires
from kernel.errors import RuleBroken
from reports.adoption.rules import window_of
from reports.issued.rules.framing import Framing
from reports.issued.service import Compose, Composed
from roadmap.projects import queries as projects

KIND = "adoption"
SHOWN_GROUPS = ("team", "role")
"""What groups are printed; people are never named on paper."""


def view_of(project_id: int, as_of: date, now: datetime) -> View:
    """The roll-out's use on a day, in groups that any reader may see. Raises RuleBroken before it was live."""
    window = window_of(as_of, now, ZoneInfo(wires().settings.timezone))
    found = queries.view(project_id, "", Look(None, manages=False, today=window), SHOWN_GROUPS)
    if found is None:
        text = "On %(day)s the roll-out was not live: there is no use to report. Say another day with --as-of."
        raise RuleBroken("adoption.not_live", text, field="as_of", day=as_of.isoformat())
    return found


def document(project_id: int, as_of: date, now: datetime) -> str:
    """The whole report as HTML, rendered without the frame of a page. Raises NotFound, RuleBroken."""
    return _rendered("reports/adoption_pdf.html", said(project_id, as_of, now, Framing()))


def composer(project_id: int, as_of: date, now: datetime) -> Compose:
    """What writes the report into the frame of an issue."""

    def compose(frame: Framing) -> Composed:
        shown = said(project_id, as_of, now, frame)
        body = _rendered("reports/_adoption_body.html", shown)
        return Composed(
            title=shown["title"],
            as_of=as_of,
            since=shown["view"].reading.wish.live_since,
            state=verdict(shown["view"].whole.values(), shown["view"].by_now).value,
            sentence=shown["sentence"],
            milestones={},
            document=_rendered("reports/adoption_pdf.html", shown),
            page=f'<div class="wk-sheet wk">{body}</div>',
            kind=KIND,
        )

    return compose


def said(project_id: int, as_of: date, now: datetime, frame: Framing) -> dict[str, Any]:
    """All that the templates show."""
    project, view = projects.row_of(project_id), view_of(project_id, as_of, now)
    zone, heading, day = wires().settings.timezone, heading_of(frame.number), formats.full_date(as_of)
    return {
        "project": project,
        "view": view,
        "as_of": as_of,
        "code": frame.code,
        "heading": heading,
        "title": _("%(what)s of %(name)s, %(day)s", what=heading, name=project.name, day=day)[:300],
        "sentence": sentence(view),
        "people": charts.people_words(view),
        "cards": charts.cards(view) if view.shown else [],
        "groups": [(title, view.groups[by]) for by, title in _group_words().items() if view.shown],
        "heads": [_(KPIS[key].label) for key in view.whole],
        "steps": _steps(view),
        "value_words": charts.value_words,
        "made": f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}",
        "zone": zone,
        "locale": str(get_locale() or "en"),
        "beyond_latin": beyond_latin,
    }


def heading_of(number: int | None) -> str:
    """What the report is called: with its number once it is issued."""
    return _("Adoption report %(number)s", number=number) if number else _("Adoption report")


def _rendered(template: str, shown: dict[str, Any]) -> str:
    return current_app.jinja_env.get_template(template).render(**shown)


def sentence(view: View) -> str:
    """What the page opens with, plain."""
    if not view.shown:
        return _("Fewer than five people work with it: nothing can be told of them without telling of each.")
    said = "; ".join(text for _told, text in charts.clauses(view))
    return (
        f"{charts.verdict_of_all(view)} {said[:1].upper()}{said[1:]}.".strip() if said else charts.verdict_of_all(view)
    )


def _group_words() -> dict[str, str]:
    return {"team": _("By team"), "role": _("By role")}


def _steps(view: View) -> list[tuple[str, str]]:
    names: dict[Step, Any] = charts.step_words()
    if not view.shown:
        return []
    return [
        (names[each.step], formats.number(each.people) if each.people is not None else _("unknown"))
        for each in view.onboarding.stairs
    ]
