"""What the page of a new roll-out may send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, cast
from zoneinfo import available_timezones

from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional

from accounts.calendars import rules as calendars
from desk.setup.service import DEFAULT_TEMPLATE, NewProject
from desk.template.rules import RoleEntry
from infra.forms import Form, number
from infra.forms import lazy as _l
from roadmap.projects.rules import NAME_LIMIT, TEXT_LIMIT
from roadmap.staffing.queries import PersonChoice
from roadmap.staffing.rules import range_text


class SetupForm(Form):
    """A new roll-out; a field for each role of the template is added by :func:`form_for`."""

    name = StringField(_l("Name"), [InputRequired(_l("Give the roll-out a name.")), Length(max=NAME_LIMIT)])
    start = DateField(_l("First day"), [InputRequired(_l("Give the first day, such as 2026-03-02."))])
    target_go_live = DateField(_l("Target go-live"), [Optional()])
    template = SelectField(_l("Template"))
    country = SelectField(_l("Public holidays of"))
    subdivision = SelectField(_l("Part of the country"), validate_choice=False)
    timezone = SelectField(_l("Time zone"))
    purpose = TextAreaField(_l("Purpose"), [Length(max=TEXT_LIMIT)])

    def roles(self) -> list[SelectField]:
        """The fields that say who fills which role."""
        return [field for field in self if field.name.startswith(_ROLE)]

    def offer_subdivisions(self) -> None:
        """Offer the parts of the country that is chosen; a part of another country is dropped."""
        parts = calendars.subdivisions(self.country.data or "")
        self.subdivision.choices = [SelectChoice("", _l("the whole country")), *(SelectChoice(each) for each in parts)]
        if self.subdivision.data not in parts:
            self.subdivision.data = ""

    def wanted(self) -> NewProject:
        """What was typed, once it is valid."""
        return NewProject(
            name=self.name.data or "",
            start=cast("date", self.start.data),
            template=self.template.data,
            country=self.country.data or "",
            subdivision=self.subdivision.data or "",
            timezone=self.timezone.data,
            target_go_live=self.target_go_live.data,
            purpose=self.purpose.data or "",
            people={field.name.removeprefix(_ROLE): field.data for field in self.roles() if field.data},
        )


_ROLE = "role:"


def form_for(
    roles: Sequence[RoleEntry],
    people: Sequence[PersonChoice],
    shelf: Sequence[tuple[str, str]],
    first: Mapping[str, Any],
) -> SetupForm:
    """The form for a template's roles, filled with ``first`` until something was sent; ``shelf`` are the templates."""
    kind = type("RolesForm", (SetupForm,), {_ROLE + role.key: _role_field(role, people) for role in roles})
    form = cast("SetupForm", kind(data=first))
    form.template.choices = [SelectChoice(key, name) for key, name in shelf]
    form.country.choices = [SelectChoice("", _l("none")), *(SelectChoice(*pair) for pair in calendars.countries())]
    form.timezone.choices = [SelectChoice(zone, zone.replace("_", " ")) for zone in zones()]
    form.offer_subdivisions()
    return form


def chosen_template(sent: Mapping[str, str], shelf: Sequence[tuple[str, str]]) -> str:
    """The template that was chosen, as its roles decide which fields there are."""
    name = sent.get("template", "")
    return name if name in {choice[0] for choice in shelf} else DEFAULT_TEMPLATE


@cache
def zones() -> tuple[str, ...]:
    """The time zones that people choose from: those named after a place, and UTC."""
    return ("UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in _AREAS))


_AREAS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


def _role_field(role: RoleEntry, people: Sequence[PersonChoice]) -> SelectField:
    shares = range_text(round(role.range.least), round(role.range.most))
    hint = f"{shares} {_l('of their time')}" + (f", {role.range.note}" if role.range.note else "")
    choices = [SelectChoice("", _l("open")), *(SelectChoice(each.id, _name(each)) for each in people)]
    return SelectField(role.name, coerce=number, choices=choices, description=hint)


def _name(each: PersonChoice) -> str:
    return f"{each.name} ({each.detail})" if each.detail else each.name
