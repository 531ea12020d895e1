"""What a browser may send about a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from crm.objects.rules import choices
from crm.tickets import rules
from infra.forms import Form, number
from infra.forms import lazy as _l


def _said(listed: choices.Choices) -> list[SelectChoice]:
    """Choices whose labels are translated when they are shown."""
    return [SelectChoice(value, _l(label)) for value, label in listed]


_READERS = (("1", "The requester"), ("", "Agents only"))
_THEN = (("", "go on working on it"), ("wait", "wait for their answer"), ("resolve", "it is solved"))


def listed(pairs: Iterable[tuple[int, str]], none: str = "") -> list[SelectChoice]:
    """Numbers and names to choose from, with ``none`` for the choice of nothing where there is one."""
    return [*([SelectChoice("", none)] if none else []), *(SelectChoice(*each) for each in pairs)]


class AnswerForm(Form):
    """An answer to the requester, or a note among agents."""

    text = TextAreaField(_l("Answer"))
    public = SelectField(_l("Who reads it"), choices=_said(_READERS), default="1")
    then = SelectField(
        _l("And then"),
        choices=_said(_THEN),
        default="",
    )


class StepForm(Form):
    """A step that asks for words: why, or what solved it."""

    said = TextAreaField(_l("Say why"))


class TriageForm(Form):
    """How bad it is, whom it holds up, where it belongs and who takes it."""

    severity = SelectField(_l("Severity"), choices=_said(choices.SEVERITIES))
    impact = SelectField(_l("Who is held up"), choices=_said(choices.IMPACTS))
    category = SelectField(_l("Category"), choices=_said((("", "not known yet"), *choices.TICKET_CATEGORIES)))
    queue_id = SelectField(_l("Queue"), coerce=number)
    owner_id = SelectField(_l("Agent"), coerce=number)

    def offer(self, queues: Sequence[tuple[int, str]], agents: Sequence[tuple[int, str]]) -> None:
        """What there is to choose from."""
        self.queue_id.choices = listed(queues)
        self.owner_id.choices = listed(agents, _l("nobody yet"))


class EscalateForm(Form):
    """Why somebody else has to see to it, and who."""

    said = TextAreaField(_l("Why"))
    owner_id = SelectField(_l("Give it to"), coerce=number)


class ResolveForm(Form):
    """What solved it, why it happened, and what is learned from it."""

    resolution = TextAreaField(_l("What solved it"))
    root_cause = TextAreaField(_l("Root cause"))
    workaround = TextAreaField(_l("Workaround"))
    lessons = TextAreaField(_l("Lessons learned"))
    with_affected = BooleanField(_l("Resolve the tickets behind which it stands, too"))

    def fields(self) -> dict[str, Any]:
        """The values of the ticket's fields."""
        keys = ("resolution", "root_cause", "workaround", "lessons")
        return {key: (self[key].data or "").strip() for key in keys}


class MergeForm(Form):
    """The ticket that goes on."""

    into_id = StringField(_l("Into the ticket"), [InputRequired(_l("Name the ticket, such as T-12."))])

    def number(self) -> int | None:
        """The number that was meant; None where there is none in it."""
        return rules.number_in(self.into_id.data or "")


class LinkForm(Form):
    """The problem behind a ticket."""

    problem_id = SelectField(_l("Problem"), coerce=number)


class NewsForm(Form):
    """News for everybody who has an open ticket about a problem."""

    news = TextAreaField(_l("News for those affected"))
