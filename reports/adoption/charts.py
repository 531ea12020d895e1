"""The adoption report as the document that becomes a PDF."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _

from adoption.onboarding.rules import Step
from adoption.page import charts, queries
from adoption.page.queries import Look, View
from crm.kpis.rules.definitions import KPIS
from infra import formats
from infra.pdf import beyond_latin
from infra.wires import wires
from kernel.errors import RuleBroken
from reports.adoption.rules import window_of
from roadmap.projects import queries as projects

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
    project, view = projects.row_of(project_id), view_of(project_id, as_of, now)
    zone = wires().settings.timezone
    template = current_app.jinja_env.get_template("reports/adoption_pdf.html")
    return template.render(
        project=project,
        view=view,
        as_of=as_of,
        sentence=sentence(view),
        people=charts.people_words(view),
        cards=charts.cards(view) if view.shown else [],
        groups=[(title, view.groups[by]) for by, title in _group_words().items() if view.shown],
        heads=[_(KPIS[key].label) for key in view.whole],
        steps=_steps(view),
        value_words=charts.value_words,
        made=f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}",
        zone=zone,
        locale=str(get_locale() or "en"),
        beyond_latin=beyond_latin,
    )


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
