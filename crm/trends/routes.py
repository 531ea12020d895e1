"""The pages of the figures: all of them, and each with its chart, its rule and the records behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.teams import queries as teams
from crm.access.queries import access_of
from crm.cohorts import queries as cohorts
from crm.counts.rules.periods import CHOSEN, PERIODS, Period, as_query, read_period
from crm.counts.rules.windows import WEEK, Window, monday
from crm.kpis import queries as kpis
from crm.kpis import service as settings
from crm.kpis.charts import state_word
from crm.kpis.rules import control
from crm.kpis.rules.definitions import KPIS, Kpi, Unit, kpi
from crm.kpis.rules.measures import Measure
from crm.objects.rules.catalogue import OBJECTS
from crm.trends import charts, queries, service
from crm.trends.forms import BaselineForm, ExplainForm, RebaseForm, TargetForm, read_target
from crm.usage import queries as usage
from infra.forms import told
from infra.http import may, requires
from infra.undo import flash_undo, kept
from kernel.errors import RuleBroken
from kernel.rownumbers import row_number

bp = Blueprint("crm_kpis", __name__)
BASE = "/crm/kpis"
COMPARED = "contact-creation"
"""The figure that is compared with a baseline."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose in the address: a period, a team, a person. Anything unknown is as if it was not there."""

    period: Period | None
    team_id: int | None
    person_id: int | None

    @property
    def query(self) -> dict[str, Any]:
        """The choice as an address holds it."""
        found = {"team": self.team_id, "person": self.person_id}
        days = as_query(self.period) if self.period else {}
        return days | {name: value for name, value in found.items() if value}

    @property
    def scope(self) -> dict[str, Any]:
        """The choice as figures take it."""
        return {"teams": None if self.team_id is None else [self.team_id], "person_id": self.person_id}

    def window(self, one: Kpi) -> Window:
        """The stretch that is shown: the chosen one, or the usual one of the figure."""
        if self.period is not None:
            return Window(self.period.since, self.period.until, g.now, g.zone)
        if one.key == "weekly-active":
            last = monday(g.today) - timedelta(days=1)
            return Window(last - timedelta(days=6), last, g.now, g.zone)
        return Window(g.today - timedelta(days=(one.days or 1) - 1), g.today, g.now, g.zone)


def _choice() -> Choice:
    team, person = request.args.get("team", type=row_number), request.args.get("person", type=row_number)
    return Choice(_period(), team, person)


def _period() -> Period | None:
    """The period of the address, said as dashboards say it; none: each figure's usual one."""
    try:
        found = read_period(request.args, g.today)
    except RuleBroken:
        return None
    return found if found.key == CHOSEN or request.args.get("period") == found.key else None


@bp.get(BASE)
@requires("crm.figures")
def page() -> ResponseReturnValue:
    """Every figure with its value, its state and the way it went."""
    chosen, access = _choice(), access_of(g.actor)
    weeks = _sparks(chosen)
    cards = []
    for one in KPIS.values():
        if queries.shown(access, one.key):
            found = kpis.measure(one.key, chosen.window(one), access, **chosen.scope)
            cards.append(charts.card(one, found, weeks.get(one.key, ())))
    return render_template(
        "crm/kpis/list.html",
        cards=cards,
        chosen=chosen,
        odd=[(each, charts.sentence(KPIS[each.key], each, access)) for each in _whole_anomalies(limit=5)],
        menus=_menus(chosen),
    )


@bp.get(f"{BASE}/<key>")
@requires("crm.figures")
def one(key: str) -> ResponseReturnValue:
    """One figure: the sentence, the chart, its rule, what it is told apart by, the records behind."""
    return _one(kpi(key))


@bp.post(f"{BASE}/<key>/target")
@requires("crm.setup")
def target(key: str) -> ResponseReturnValue:
    """Set what a figure should be."""
    found, form = kpi(key), TargetForm()
    done = kept(
        form,
        lambda: settings.set_target(key, read_target(found, form.target.data or ""), actor=g.actor),
        _("The target holds from now on."),
        url_for(".one", key=key),
    )
    return done or (_one(found, target_form=form), 422)


@bp.post(f"{BASE}/<key>/rebase")
@requires("crm.setup")
def rebase(key: str) -> ResponseReturnValue:
    """Make new limits hold, with a reason."""
    found, form = kpi(key), RebaseForm()
    if form.validate_on_submit():
        try:
            window = Window(g.today, g.today, g.now, g.zone)
            work = service.rebase(key, form.reason.data or "", window, actor=g.actor)
        except RuleBroken as problem:
            form.absorb(problem)
        else:
            flash_undo(_("The limits of the last eight weeks hold from now on."), work)
            return redirect(url_for(".one", key=key), 303)
    return _one(found, rebase_form=form), 422


@bp.post(f"{BASE}/baseline")
@requires("crm.setup")
def baseline() -> ResponseReturnValue:
    """Set what the creation of contacts is compared with."""
    found, form = kpi(COMPARED), BaselineForm()
    done = kept(
        form,
        lambda: form.keep(g.today, actor=g.actor),
        _("Contacts are compared with these days from now on."),
        url_for(".one", key=COMPARED),
    )
    return done or (_one(found, baseline_form=form), 422)


@bp.post(f"{BASE}/anomalies/<int:anomaly_id>")
@requires("crm.setup")
def explain(anomaly_id: int) -> ResponseReturnValue:
    """Say that a week was seen, or what was behind it."""
    form = ExplainForm()
    try:
        key, work = service.explain(anomaly_id, form.state.data or "", form.note.data or "", actor=g.actor)
    except RuleBroken as problem:
        flash(told(problem), "bad")
        return redirect(url_for(".page"), 303)
    flash_undo(_("Kept."), work)
    return redirect(url_for(".one", key=key), 303)


def _one(
    found: Kpi,
    target_form: TargetForm | None = None,
    rebase_form: RebaseForm | None = None,
    baseline_form: BaselineForm | None = None,
) -> str:
    chosen, access = _choice(), access_of(g.actor)
    window = chosen.window(found)
    measured = kpis.measure(found.key, window, access, **chosen.scope)
    points = queries.points(found.key, window, access, **chosen.scope)
    limits = queries.limits(found.key, points) if not chosen.scope["teams"] and not chosen.person_id else None
    limits = limits or control.limits_of(points)
    odd = control.anomalies(queries.ripe(found, points, g.today), limits) if limits else []
    by = request.args.get("by", found.segments[0] if found.segments else "")
    by = by if by in found.segments else next(iter(found.segments), "")
    parts = kpis.segments(found.key, window, access, by, **chosen.scope) if by else []
    return render_template(
        "crm/kpis/one.html",
        kpi=found,
        measured=measured,
        card=charts.card(found, measured, ()),
        beside=charts.beside_words(found, measured),
        short=charts.short_words(found, measured),
        drawn=charts.control_charts(found, points, limits, odd, measured.target),
        rows=charts.chart_rows(found, points, _seen(found, points), odd),
        limits=limits,
        weeks_left=max(0, control.LEAST_WEEKS - sum(each.value is not None for each in points)),
        by=by,
        parts=parts,
        names=charts.segment_names(by, [each for each, _found in parts], access),
        segments=charts.SEGMENTS,
        said=charts.said,
        counted=charts.counted,
        state_word=state_word,
        anomalies=[(each, charts.sentence(found, each, access)) for each in _whole_anomalies(found.key)],
        states=service.STATES,
        target_form=target_form or TargetForm(formdata=None, data={"target": _typed(found, measured)}),
        rebase_form=rebase_form or RebaseForm(formdata=None),
        baseline=kpis.baseline() if found.key == COMPARED else None,
        baseline_form=(baseline_form or _baseline_form()) if found.key == COMPARED else None,
        chosen=chosen,
        may_set=may("crm.setup"),
        **_behind(found, window, chosen),
        menus=_menus(chosen),
    )


def _behind(found: Kpi, window: Window, chosen: Choice) -> dict[str, Any]:
    """The records behind the numerator or the denominator, the newest first; people where people are counted."""
    access = access_of(g.actor)
    part = request.args.get("part", kpis.BOTTOM)
    part = part if part in (kpis.TOP, kpis.BOTTOM) else kpis.BOTTOM
    kind, query = kpis.records(found.key, window, access, part, **chosen.scope)
    if query is not None:
        subject, at = OBJECTS[kind], cohorts.counted_at(found.key)
        return {
            "part": part,
            "behind": queries.page_of(query, request.args.get("page", 1, type=row_number) or 1),
            "size": queries.SHOWN,
            "subject": subject,
            "at": at if subject.has(at) else "created_at",
            "amounts": kind == "opportunity" and found.unit is Unit.MONEY,
            "named": queries.nameable(access, kind),
        }
    people = kpis.people(window, access, **chosen.scope) if kind == kpis.PEOPLE and _names_people() else []
    return {"part": part, "subject": None, "people": people}


def _names_people() -> bool:
    """Whether the reader may see who was here how often: a function, and the policy."""
    return may("crm.usage") and usage.policy().visible == "persons"


def _seen(found: Kpi, points: list[control.Point]) -> dict[date, float | None]:
    """How each week was seen at its end, for those who see the whole."""
    if (
        not points
        or not queries.sees_whole(access_of(g.actor), found.key)
        or _choice().query.keys() & {"team", "person"}
    ):
        return {}
    kept = queries.snapshots(found.key, points[0].week, points[-1].week + WEEK)
    return {monday(each.day): each.value for each in kept if each.day.isoweekday() == 7}  # noqa: PLR2004  # Sunday


def _sparks(chosen: Choice) -> dict[str, list[float]]:
    """Lines from snapshots, each for those only who see all that it counts."""
    if chosen.person_id is not None:
        return {}
    access = access_of(g.actor)
    found = queries.sparks(g.today, chosen.team_id or queries.WHOLE)
    return {key: values for key, values in found.items() if key in KPIS and queries.sees_whole(access, key)}


def _whole_anomalies(key: str | None = None, limit: int = 20) -> list[queries.Found]:
    """What stood out in the whole, for those only who see the whole."""
    access = access_of(g.actor)
    return [each for each in queries.anomalies(key, limit) if queries.sees_whole(access, each.key)]


def _menus(chosen: Choice) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """What a reader may choose: a stretch, and of the teams and people whom they see one or all."""
    people = usage.users(kpis.scope_of(access_of(g.actor)))
    ids = {each.team_id for each in people}
    stretches: list[tuple[Any, str]] = [(key, _(label)) for key, (label, _days) in PERIODS.items()]
    own = _("Days of your own") if chosen.period and chosen.period.key == CHOSEN else ""
    groups: list[tuple[Any, str]] = [(each.id, each.name) for each in teams.teams() if each.id in ids]
    persons: list[tuple[Any, str]] = [(each.id, each.name) for each in people]
    return [
        _menu("period", own or _("Usual period"), stretches, chosen),
        _menu("team", _("All teams"), groups, chosen),
        _menu("person", _("Everybody"), persons, chosen),
    ]


def _menu(
    name: str, everything: str, options: list[tuple[Any, str]], chosen: Choice
) -> tuple[str, str, list[tuple[str, str, bool]]]:
    now = chosen.query.get(name)
    mine = {"period", "since", "until"} if name == "period" else {name}
    rest = {key: value for key, value in {**request.args, **chosen.query}.items() if key not in mine}
    place = {**(request.view_args or {})}
    items = [(everything, url_for(request.endpoint or ".page", **place, **rest), now is None)]
    for value, label in options:
        items.append((label, url_for(request.endpoint or ".page", **place, **rest, **{name: value}), value == now))
    label = next((label for value, label in options if value == now), everything)
    return f"choose-{name}", label, items


def _baseline_form() -> BaselineForm:
    row = kpis.baseline()
    names = ("since", "until", "contacts", "users", "proof")
    kept = {name: getattr(row, name) for name in names} if row else {}
    return BaselineForm(formdata=None, data={name: "" if each is None else each for name, each in kept.items()})


def _typed(found: Kpi, measured: Measure) -> str:
    if measured.target is None:
        return ""
    return f"{float(measured.target * 100 if found.share else measured.target):g}"
