"""What all forms share: texts that are translated when shown, and broken rules beside the field they are about."""

from __future__ import annotations

from typing import cast

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, Field

from infra.words import sentence_of
from kernel.errors import Problem


def lazy(text: str) -> str:
    """A text that is translated when it is shown; WTForms takes it for a str, which it behaves like."""
    return cast("str", lazy_gettext(text))


def told(problem: Problem) -> str:
    """The sentence of a problem in the reader's language, its parameters filled in."""
    return sentence_of(problem)


def number(value: str | None) -> int | None:
    """A choice's value as an id; the empty choice is none. Raises ValueError for anything else."""
    return int(value) if value and value != "None" else None


class DayField(DateField):
    """A day, with our own sentence for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day. Raises ValueError."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(lazy_gettext("Write the day as 2026-03-03.")) from None


class Form(FlaskForm):  # type: ignore[misc]  # published without types
    """A form that shows a broken rule beside the field it is about."""

    def absorb(self, problem: Problem) -> None:
        """Put a rule's sentence beside its field, or at the first field when it names none of this form's."""
        field: Field = self._fields.get(problem.field or "") or next(iter(self))
        field.errors = [*field.errors, told(problem)]

    def errors_for_summary(self) -> list[tuple[str, str]]:
        """Every error with the id of its field, for the list at the top of the page."""
        return [(field.id, str(error)) for field in self for error in field.errors]

    def values(self) -> dict[str, object]:
        """What was sent, without the token."""
        return {name: value for name, value in self.data.items() if name != "csrf_token"}
