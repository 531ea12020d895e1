"""What the pages of a project may send; limits come from the rules."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from wtforms import DateField, DateTimeLocalField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from infra.forms import Form, lazy
from roadmap.projects import rules

ZONES = tuple(sorted(available_timezones()))
"""Every zone that a project can be in, for the list beside the field."""


class ProjectForm(Form):
    """What a project is called and aims at."""

    base = HiddenField()
    name = StringField(lazy("Name"), [InputRequired(lazy("Give the project a name.")), Length(max=rules.NAME_LIMIT)])
    purpose = TextAreaField(lazy("Purpose"), [Optional(), Length(max=rules.TEXT_LIMIT)])
    target_go_live = DateField(lazy("Target go-live"), [Optional()])
    status_date = DateField(lazy("Status date"), [Optional()])
    finish_by = DateTimeLocalField(lazy("Plan back from"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
    critical_threshold_minutes = IntegerField(
        lazy("Critical up to this slack"), [Optional(), NumberRange(0, rules.MOST_SLACK)], default=0
    )
    timezone = StringField(lazy("Time zone"), [InputRequired(lazy("Name a time zone such as Europe/Berlin."))])

    def chosen(self) -> dict[str, Any]:
        """What was sent, as the service takes it; a field that was not sent stays as it is."""
        sent = {name: value for name, value in self.values().items() if name != "base" and self[name].raw_data}
        if "critical_threshold_minutes" in sent:
            sent["critical_threshold_minutes"] = sent["critical_threshold_minutes"] or 0
        return sent


class CopyForm(Form):
    """A new project like this one."""

    name = StringField(
        lazy("Name of the copy"), [InputRequired(lazy("Give the copy a name.")), Length(max=rules.NAME_LIMIT)]
    )
    start = DateField(lazy("It starts on"), [InputRequired(lazy("Give the day on which the copy starts."))])
