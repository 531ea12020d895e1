"""The effect of a change in words and rows, as its page, its print and a comparison of branches show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from infra import formats
from kernel.actor import Actor
from phases.kickoff.changes import queries
from phases.kickoff.changes.rules.effect import Effect
from roadmap.branches.charts import change_words
from roadmap.costs.charts import money


@dataclass(frozen=True, slots=True)
class EffectLine:
    """A figure before and after, in words, with by how much it moves."""

    label: str
    before: str
    after: str
    moved: str


def effect_lines(effect: Effect, currency: str, *, costs: bool, loads: bool) -> list[EffectLine]:
    """The effect row by row; ``costs`` and ``loads`` say whether the reader may see those."""
    before, after = effect.before, effect.after
    days = [
        (_("Go-live"), before.go_live, after.go_live),
        (_("Finish"), before.finish, after.finish),
        (_("P80 of the forecast"), before.p80, after.p80),
        *((_("Gate “%(name)s”", name=gate.name), gate.before, gate.after) for gate in effect.gates),
    ]
    found = [EffectLine(label, _day(was), _day(now), change_words(was, now)) for label, was, now in days]
    if costs:
        found.append(_amount(_("Cost in the end"), before.cost, after.cost, currency))
    if loads:
        found.append(_count(_("Overloads"), before.overloads, after.overloads))
    return found


def effect_words(effect: Effect | None) -> str:
    """The sentence of an effect."""
    if effect is None:
        return _("Its effect is not measured: no branch shows it.")
    days = effect.days
    if days is None:
        return _("What it does to go-live is unknown.")
    if days == 0:
        return _("Go-live stays where it is.")
    if days > 0:
        return ngettext("Go-live moves %(num)d day later.", "Go-live moves %(num)d days later.", days)
    return ngettext("Go-live moves %(num)d day sooner.", "Go-live moves %(num)d days sooner.", -days)


def branch_panel(project_id: int, branch_ids: list[int], _reader: Actor) -> Markup:
    """When the gates of a roll-out are decided, by its plan and by each branch; nothing without gates."""
    rows = [
        (name, _day(here), [(_day(each), change_words(here, each)) for each in there])
        for name, here, there in queries.gate_days(project_id, branch_ids)
    ]
    if not rows:
        return Markup()
    made = render_template("phases/changes/_gates.html", rows=rows, count=len(branch_ids))
    return Markup(made)  # noqa: S704  # a template's own markup


def _day(day: date | None) -> str:
    return formats.day(day) if day else _("unknown")


def _amount(label: str, before: int | None, after: int | None, currency: str) -> EffectLine:
    was, now = (_("unknown") if each is None else money(each, currency) for each in (before, after))
    if before is None or after is None:
        return EffectLine(label, was, now, "")
    sign = "+" if after > before else ""
    return EffectLine(label, was, now, _("as now") if after == before else sign + money(after - before, currency))


def _count(label: str, before: int | None, after: int | None) -> EffectLine:
    was, now = (_("unknown") if each is None else str(each) for each in (before, after))
    if before is None or after is None:
        return EffectLine(label, was, now, "")
    return EffectLine(label, was, now, _("as now") if after == before else f"{after - before:+d}")
