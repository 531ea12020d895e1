"""Gaps, offers and effects in words, and the card for the page of adoption."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from adoption.effects.rules import LEAST_AFTER, LEAST_USERS, Effect
from adoption.help.queries import Needy, Offered, View
from adoption.help.rules import OFFERS, By, Gap, Need
from crm.kpis.rules.definitions import KPIS
from crm.trends.charts import said
from crm.usage.charts import label as feature_label
from infra import formats

SHOWN = 3
"""So many of those who need help stand on the card."""


def panel(project_id: int, view: View, *, may_offer: bool) -> Markup:
    """The card of the adoption page: who falls farthest behind, and the offer, one click away."""
    made = render_template(
        "adoption/help/_panel.html", project_id=project_id, view=view, words=words(), may_offer=may_offer,
        needy=[*view.teams, *view.people][:SHOWN],
    )  # fmt: skip
    return Markup(made.strip())  # noqa: S704  # the template escapes what it shows


def words() -> dict[str, Any]:
    """What templates ask of this module."""
    return {
        "joined": joined, "name": name, "gap": gap, "offer": offer, "taker": taker, "offered": offered, "to": to,
        "effect": effect, "details": lambda need: _(OFFERS[need.gap].details),
    }  # fmt: skip


def sentence(view: View) -> str:
    """Who needs help first, in one sentence."""
    if not view.live:
        return _("The roll-out is not live yet: help begins with use.")
    if not view.shown:
        return _("Too few people to say anything of their use.")
    if not view.teams:
        return _("No group misses a target, as far as that is known.")
    first = view.teams[0]
    return ngettext(
        "%(num)d group falls behind: %(name)s, %(gap)s.",
        "%(num)d groups fall behind. %(name)s: %(gap)s.",
        len(view.teams),
        name=name(first),
        gap=gap(first.needs[0]),
    )


def name(needy: Needy) -> str:
    """What a group is called."""
    return needy.name or (_("Groups of fewer than five, together") if needy.parts else _("In no team"))


def joined(needy: Needy) -> str:
    """The teams that stand together, in words."""
    return ", ".join(each or _("In no team") for each in needy.parts)


def gap(need: Need) -> str:
    """A gap in a few words with its figures."""
    if need.gap is Gap.UNUSED:
        return _(
            "never opened “%(feature)s”, which %(share)s of the others use",
            feature=feature_label(need.feature),
            share=formats.percent(need.aim * 100),
        )
    unit = KPIS[OFFERS[need.gap].kpi].unit
    figures = {"value": said(unit, need.value), "aim": said(unit, need.aim)}
    told = {
        Gap.INACTIVE: _("%(value)s active weekly, target %(aim)s", **figures),
        Gap.LATE: _("%(value)s logged within a day, target %(aim)s", **figures),
        Gap.INCOMPLETE: _("%(value)s of required fields filled in, target %(aim)s", **figures),
        Gap.CONTACTS: _("%(value)s new contacts against before, target %(aim)s", **figures),
    }
    return told[need.gap]


def offer(need: Need) -> str:
    """What is offered for a gap."""
    return offered(need.gap, need.feature)


def offered(kind: Gap, feature: str) -> str:
    """What was offered."""
    return _(OFFERS[kind].name) % {"feature": feature_label(feature) if feature else ""}


def taker(need: Need) -> str:
    """Who takes it on."""
    return _("the team's lead") if OFFERS[need.gap].by is By.LEAD else _("the training coordinator")


def to(one: Offered) -> str:
    """Whom an offer was for, as far as the reader may know."""
    return _("One person") if one.name is None else one.name or _("In no team")


def effect(found: Effect | None) -> str:
    """What followed, or why nothing is said of it."""
    if found is None:
        return ""
    if found.points is None:
        return {
            "few": _("No effect is told: %(n)d people are too few, chance would speak. It takes %(least)d.",
                     n=found.n, least=LEAST_USERS),
            "few-others": _("No effect is told: it takes %(least)d others to compare with, and there are %(n)d.",
                            n=found.n, least=LEAST_USERS),
            "early": ngettext("Too early: it takes %(least)d whole weeks after it was done, one is over.",
                              "Too early: it takes %(least)d whole weeks after it was done, %(num)d are over.",
                              found.n, least=LEAST_AFTER),
        }.get(found.why, _("Nothing was counted before or after."))  # fmt: skip
    return _(
        "%(points)s points more than the others (%(low)s to %(high)s): association, not proof.",
        points=_points(found.points),
        low=_points(found.low),
        high=_points(found.high),
    )


def _points(value: float) -> str:
    return f"{'+' if value > 0 else ''}{formats.number(round(value * 100))}"
