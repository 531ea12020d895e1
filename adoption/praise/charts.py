"""Recognition in words, and the card for the page of adoption."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from adoption.praise.queries import Line, View
from adoption.praise.rules import BADGES, NEVER, RULES, SMALLEST_GROUP
from infra import formats


def panel(project_id: int, view: View) -> Markup:
    """The card "Champions of the week" of the adoption page; nothing where recognition is off."""
    if not view.setting.active or not view.live:
        return Markup("")
    made = render_template("adoption/praise/_panel.html", project_id=project_id, view=view, detail=detail)
    return Markup(made.strip())  # noqa: S704  # the template escapes what it shows


def sentence(view: View) -> str:
    """Who leads, in one sentence."""
    if not view.setting.active:
        return _("Recognition is off in this roll-out.")
    if not view.live:
        return _("The roll-out is not live yet: points are counted from go-live on.")
    if view.teams:
        first = view.teams[0]
        return _("%(team)s leads with %(points)s points a head.", team=first.name, points=points(first.place.points))
    return _("No team of %(least)d who take part has points yet.", least=SMALLEST_GROUP)


def mine(view: View) -> str:
    """One's own standing."""
    if view.opted_out:
        return _("You take no part: you stand on no board and count for no team.")
    if not view.inside:
        return _("You are not among those whom this roll-out is for, so nothing is counted of you.")
    if not view.my_rank:
        return _("You have no points yet.")
    return ngettext(
        "You have one point, rank %(rank)d.",
        "You have %(num)d points, rank %(rank)d.",
        view.mine.points,
        rank=view.my_rank,
    )


def points(value: float) -> str:
    """Points, in tenths where they are an average."""
    return formats.number(round(value, 1))


def detail(line: Line) -> str:
    """A team and the badges of somebody in a few words."""
    named = [_("badge “%(name)s”", name=_(each.name)) for each in line.badges[:1]]
    return ", ".join([*([line.detail] if line.detail else []), *named])


def never() -> str:
    """What gives nothing."""
    return _(NEVER)


__all__ = ["BADGES", "RULES", "detail", "mine", "never", "panel", "points", "sentence"]
