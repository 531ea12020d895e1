"""Can this person do that, to this record, to this field: the answer, and each step that leads to it."""

from __future__ import annotations

from dataclasses import dataclass

from crm.access import rules as access_rules
from crm.access.rules import ACTIONS, CREATE, DELETE, EDIT, FUNCTION, FUNCTIONS, IMPORT, SEE, Access
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Mark
from crm.trust.rules.viewing import REACH
from kernel.permission import Answer, Facts, Grant, Visibility, decide

WITHOUT_RECORD = frozenset({CREATE, IMPORT})
"""Actions that are about no record that is there."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question about access. ``seeing`` and ``doing`` are the facts of the record for reading and for the action
    (a record shared to read is one's own to read only); both None ask "on any record at all?".
    """

    access: Access
    action: str
    subject: ObjectType
    seeing: Facts | None = None
    doing: Facts | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way to an answer: whether it lets through, and why in a sentence."""

    passed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """What the steps say about people: names, for sentences. ``owner`` and ``team`` are those of the record."""

    person: str
    active: bool = True
    roles: tuple[str, ...] = ()
    team: str = ""
    record: str = ""
    owner: str = ""
    record_team: str = ""
    shared: str = ""


def judge(asked: Question) -> Answer:
    """The answer as services give it: what may be edited or removed must be seen first, and so must a field."""
    access, subject = asked.access, asked.subject
    if asked.action in (EDIT, DELETE) and not (seen := access_rules.answer(access, SEE, subject, asked.seeing)):
        return seen
    doing = None if asked.action in WITHOUT_RECORD else asked.doing
    whole = access_rules.answer(access, asked.action, subject, doing)
    if not whole or not asked.field:
        return whole
    return _judge_field(asked, doing)


def judge_function(access: Access, function: str) -> Answer:
    """Whether somebody holds a function."""
    given = function in access.functions()
    return Answer(given, f"a role held here {'has' if given else 'lacks'} the function {function}")


def _judge_field(asked: Question, doing: Facts | None) -> Answer:
    access, subject, field = asked.access, asked.subject, asked.subject.field(asked.field)
    if asked.action in (EDIT, CREATE):
        if not field.written:
            return Answer(False, f"the product itself fills in {field.label}")
        if not access_rules.may(access, SEE, subject, doing, field.key):
            return Answer(False, f"{field.label} is hidden from them, so they can't fill it in")
    return access_rules.answer(access, asked.action, subject, doing, field.key)


def steps(asked: Question, story: Story) -> list[Step]:
    """The way to the answer, from the person to the field; the first step that stops says why the answer is no."""
    found = [_person(story), _module(asked)]
    if asked.action in (EDIT, DELETE) and asked.seeing is not None:
        seen = access_rules.answer(asked.access, SEE, asked.subject, asked.seeing)
        verb = ACTIONS[asked.action].lower()
        said = "They can see the record." if seen else f"They can't see the record, so they can't {verb} it."
        found.append(Step(seen.yes, said))
    found += _grants(asked)
    if story.record and asked.action not in WITHOUT_RECORD:
        found.append(_record(asked, story))
    if asked.field:
        found.append(_field(asked))
    return found


def _person(story: Story) -> Step:
    if not story.active:
        return Step(False, f"{story.person} is switched off and can't sign in.")
    if not story.roles:
        return Step(False, f"{story.person} holds no role of the CRM.")
    place = f" in the team {story.team}" if story.team else ", in no team"
    return Step(True, f"{story.person} holds {' and '.join(story.roles)}{place}.")


def _module(asked: Question) -> Step:
    names = " or ".join(sorted(each.value for each in asked.subject.modules))
    label = asked.subject.label_plural
    if access_rules.is_on(asked.access, asked.subject):
        return Step(True, f"{label} are there: the module {names} is on.")
    return Step(False, f"{label} belong to the module {names}, which is switched off.")


def _grants(asked: Question) -> list[Step]:
    name, subject = f"{asked.subject.key}.{asked.action}", asked.subject.label_plural.lower()
    held = [each for each in asked.access.grants if each.name == name]
    verb = ACTIONS[asked.action].lower()
    if not held:
        return [Step(False, f"No role held allows to {verb} {subject}.")]
    facts = None if asked.action in WITHOUT_RECORD else asked.doing
    return [
        Step(
            decide([each], name, facts, asked.access.person_id).yes,
            f"The role {each.role.replace('-', ' ')} allows to {verb} {subject}: {_far(each)}.",
        )
        for each in sorted(held, key=lambda each: -each.visibility)
    ]


def _far(grant: Grant) -> str:
    return "all of them" if grant.visibility is Visibility.ALL else REACH[grant.visibility]


def _record(asked: Question, story: Story) -> Step:
    owner = f"belongs to {story.owner}" if story.owner else "belongs to nobody"
    team = f" in the team {story.record_team}" if story.record_team else " and to no team"
    shared = f" It is shared with them {story.shared}." if story.shared else ""
    reached = access_rules.may(asked.access, asked.action, asked.subject, asked.doing)
    end = "that is within reach" if reached else "no grant reaches it"
    return Step(reached, f"“{story.record}” {owner}{team}: {end}.{shared}")


def _field(asked: Question) -> Step:
    field = asked.subject.field(asked.field)
    doing = None if asked.action in WITHOUT_RECORD else asked.doing
    answered = _judge_field(asked, doing)
    mark = {Mark.PERSONAL: " (personal)", Mark.SENSITIVE: " (sensitive)"}.get(field.mark, "")
    if answered:
        return Step(True, f"The field {field.label}{mark} is within the grant.")
    if not field.written and asked.action in (EDIT, CREATE):
        return Step(False, f"The field {field.label} is filled in by the product itself.")
    return Step(False, f"No grant that reaches this record holds the field {field.label}{mark}.")


def question_in_words(person: str, action: str, subject: str, record: str, field: str) -> str:
    """The question as people ask it.

    >>> question_in_words("Sofie", "edit", "lead", "“Kestrel”", "E-mail")
    'Can Sofie edit E-mail of the lead “Kestrel”?'
    """
    if subject == FUNCTION:
        return f"Does {person} hold “{FUNCTIONS.get(action, action)}”?"
    thing = f"the {subject} {record}" if record else f"any {subject}"
    return f"Can {person} {ACTIONS.get(action, action).lower()} {f'{field} of ' if field else ''}{thing}?"
