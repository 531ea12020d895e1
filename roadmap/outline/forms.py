"""What the form of a task may send: texts, read by the rules, so that what was typed wrongly stays on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import DateField, HiddenField, StringField
from wtforms.validators import InputRequired, Optional

from infra.forms import Form, lazy
from kernel.errors import RuleBroken
from roadmap.outline import rules


class TaskForm(Form):
    """All fields of a task as texts."""

    base = HiddenField()

    @classmethod
    def showing(cls, values: Mapping[str, Any], base: str) -> TaskForm:
        """The form filled with what is stored."""
        return cls(formdata=None, base=base, **{name: rules.shown(name, value) for name, value in values.items()})

    def parsed(self) -> dict[str, Any] | None:
        """The values sent, or None with a sentence beside each field that can't be read."""
        values, complaints = self._read()
        for complaint in complaints:
            self.absorb(complaint)
        return None if complaints else values

    def demanded(self) -> dict[str, Any]:
        """The values sent. Raises RuleBroken for the first that can't be read."""
        values, complaints = self._read()
        for complaint in complaints:
            raise complaint
        return values

    def _read(self) -> tuple[dict[str, Any], list[RuleBroken]]:
        return rules.read({name: self[name].data for name in rules.FORM_FIELDS if self[name].raw_data})


class StartForm(Form):
    """Another start for the project, and the target that goes with it."""

    start = DateField(lazy("New start"), [InputRequired(lazy("Give the day on which the project starts."))])
    target_go_live = DateField(lazy("Target go-live"), [Optional()])


for _name in rules.FORM_FIELDS:
    setattr(TaskForm, _name, StringField(lazy(rules.LABELS[_name])))
