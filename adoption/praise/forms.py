"""What a browser may send about recognition."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField

from adoption.praise.rules import WHAT_LIMIT, WHY_LIMIT
from infra.forms import Form
from infra.forms import lazy as _l


class SettingForm(Form):
    """Whether it is on, and whether people stand on the board by name."""

    active = BooleanField(_l("Recognise in this roll-out"))
    named = BooleanField(_l("Show the foremost by name"))


class RewardForm(Form):
    """To whom, what, and why; the service says what may not be."""

    whom = SelectField(_l("To"), validate_choice=False)
    what = StringField(_l("What"), render_kw={"maxlength": WHAT_LIMIT})
    why = TextAreaField(_l("Why"), render_kw={"maxlength": WHY_LIMIT})

    def offer(self, people: list[tuple[int, str]], teams: list[tuple[int, str]]) -> None:
        """Fill in who can be chosen."""
        listed: list[Any] = [(f"team:{number}", name) for number, name in teams]
        self.whom.choices = [*listed, *((f"person:{number}", name) for number, name in people)]

    def chosen(self) -> tuple[int | None, int | None]:
        """The person and the team that were chosen: one of the two, or neither."""
        kind, _sign, number = (self.whom.data or "").partition(":")
        known = int(number) if number.isascii() and number.isdigit() and len(number) < len("1000000000") else None
        return (known if kind == "person" else None), (known if kind == "team" else None)
