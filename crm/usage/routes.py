"""The page of use: who was here and used what, within the policy and what the reader may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.teams import queries as teams
from crm.access.queries import access_of
from crm.counts.queries import Scope
from crm.counts.rules.windows import Window, last_weeks, week_name
from crm.usage import charts, queries, service
from crm.usage.forms import PolicyForm
from crm.usage.rules import LABELS, PERSONS
from infra import sheets
from infra.http import may, requires
from infra.undo import kept
from kernel.errors import Refused

bp = Blueprint("crm_usage", __name__)
BASE = "/crm/setup/usage"
STRETCHES = {"7": 7, "30": 30, "90": 90}
WEEKS = 8
MOST = 10_000
"""Hours of the log in one file."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader chose in the address; anything unknown is as if it was not there."""

    days: str
    team_id: int | None
    feature: str

    @property
    def query(self) -> dict[str, Any]:
        """The choice as an address holds it."""
        found = {"days": self.days, "team": self.team_id, "feature": self.feature}
        return {name: value for name, value in found.items() if value}

    @property
    def window(self) -> Window:
        """The days that are shown."""
        return Window(g.today - timedelta(days=STRETCHES[self.days] - 1), g.today, g.now, g.zone)

    @property
    def scope(self) -> Scope:
        """Whose use is shown."""
        return Scope(access_of(g.actor), None if self.team_id is None else frozenset({self.team_id}))


@bp.get(BASE)
@requires("crm.usage")
def page() -> ResponseReturnValue:
    """Who was here and used what."""
    return _page()


@bp.post(BASE)
@requires("crm.setup")
def set_policy() -> ResponseReturnValue:
    """Say how long use is kept and who is shown by name."""
    form = PolicyForm()
    done = kept(
        form,
        lambda: service.set_policy(form.days.data, form.visible.data or "", actor=g.actor),
        _("The policy holds from now on."),
        url_for(".page"),
    )
    return done or (_page(form), 422)


@bp.get(f"{BASE}/export")
@requires("crm.usage")
def export() -> ResponseReturnValue:
    """The log hour by hour as CSV, for those to whom the policy shows people. Raises Refused."""
    if queries.policy().visible != PERSONS:
        raise Refused("The policy shows nobody by name, so the log of persons is not given out.")
    chosen = _choice()
    names = {each.id: each.name for each in queries.users(chosen.scope)}
    rows = [
        (at, names[person_id], charts.label(feature), count)
        for at, person_id, feature, count in queries.log_of(chosen.window, names, MOST)
        if chosen.feature in ("", feature)
    ]
    answer = Response(sheets.write_csv(("hour", "person", "feature", "opened"), rows), mimetype=sheets.CSV_TYPE)
    answer.headers["Content-Disposition"] = 'attachment; filename="usage.csv"'
    return answer


def _choice() -> Choice:
    days, feature = request.args.get("days", "30"), request.args.get("feature", "")
    return Choice(
        days if days in STRETCHES else "30",
        request.args.get("team", type=int),
        feature if feature in LABELS else "",
    )


def _page(form: PolicyForm | None = None) -> str:
    chosen, policy = _choice(), queries.policy()
    window, users = chosen.window, queries.users(chosen.scope)
    groups = charts.groups(users, policy.visible)
    shown = {each for group in groups for each in group.ids}
    mondays = last_weeks(g.today, WEEKS)
    weeks = queries.weeks(mondays, window, chosen.scope)
    lines = charts.lines(groups, window, weeks, mondays)
    used = [each for each in queries.features(window, shown) if chosen.feature in ("", each.feature)]
    return render_template(
        "crm/usage/page.html",
        policy=policy,
        named=policy.visible == PERSONS,
        lines=lines,
        silent=sum(each.last is None for each in lines),
        weeks=[week_name(each)[5:] for each in mondays],
        used=used,
        label=charts.label,
        chosen=chosen,
        form=form or PolicyForm(formdata=None, obj=policy),
        may_set=may("crm.setup"),
        menus=_menus(chosen),
    )


def _menus(chosen: Choice) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    ids = {each.team_id for each in queries.users(Scope(chosen.scope.access))}
    stretches = [(key, _("%(days)d days", days=days)) for key, days in STRETCHES.items()]
    groups: list[tuple[Any, str]] = [(each.id, each.name) for each in teams.teams() if each.id in ids]
    features: list[tuple[Any, str]] = [(key, charts.label(key)) for key in LABELS]
    return [
        _menu("days", stretches, chosen),
        _menu("team", [(None, _("All teams")), *groups], chosen),
        _menu("feature", [(None, _("All features")), *features], chosen),
    ]


def _menu(
    name: str, options: list[tuple[Any, str]] | list[tuple[str, str]], chosen: Choice
) -> tuple[str, str, list[tuple[str, str, bool]]]:
    now, rest = chosen.query.get(name), {key: value for key, value in chosen.query.items() if key != name}
    items = []
    for value, label in options:
        query: dict[str, Any] = rest | ({name: value} if value else {})
        items.append((label, url_for(".page", **query), value == now))
    label = next((label for value, label in options if value == now), options[0][1])
    return f"choose-{name}", label, items
