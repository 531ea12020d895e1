"""What a field of one's own may be, how its values go over into another kind, and what a rule may say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.objects.rules import checks, own
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.checks import Condition
from crm.objects.rules.fields import BETWEEN, LONGEST, PREFIX, Field, Kind, Mark
from crm.objects.rules.levels import LEVELS
from crm.parsing.rules import Hints, Parsed, parse, show
from kernel.errors import RuleBroken
from kernel.folding import folded

KINDS: Mapping[Kind, str] = {
    Kind.TEXT: "Text",
    Kind.LONG: "Long text",
    Kind.NUMBER: "Whole number",
    Kind.DECIMAL: "Number with decimals",
    Kind.PERCENT: "Percent",
    Kind.MONEY: "Money",
    Kind.DATE: "Date",
    Kind.TIME: "Time of day",
    Kind.CHOICE: "Choice",
    Kind.MULTI: "Several choices",
    Kind.FLAG: "Yes / no",
    Kind.EMAIL: "E-mail",
    Kind.PHONE: "Phone",
    Kind.ADDRESS: "Address",
    Kind.LINK: "Link",
    Kind.COUNTRY: "Country",
}
"""The kinds of which one may have fields of one's own, in words."""
CHOOSING = frozenset({Kind.CHOICE, Kind.MULTI})
MOST, MOST_CHOICES, MOST_CONDITIONS = 100, 200, 10
LABEL_LENGTH, HELP_LENGTH, KEY_LENGTH, MESSAGE_LENGTH = 80, 300, 40, 300
SETTLED: Mapping[str, frozenset[str]] = {
    "lead": frozenset({"status", "owner_id", "team_id"}),
    "account": frozenset({"owner_id", "team_id"}),
    "contact": frozenset({"account_id", "owner_id", "team_id"}),
    "opportunity": frozenset({"stage_id", "amount", "closes_on", "currency", "lost_reason", "owner_id", "team_id"}),
    "activity": frozenset({"kind", "state", "due_at", "occurred_at", "account_id", "owner_id", "team_id"}),
    "campaign": frozenset({"state", "owner_id", "team_id"}),
    "product": frozenset({"price", "currency", "active"}),
    "ticket": frozenset({"queue_id", "state", "severity", "impact", "priority", "owner_id", "team_id"}),
}
"""Fields that the product itself works by: they can be asked for, and not be hidden."""
_PLAIN = Hints(decimal=".", dates="YYYY-MM-DD")


@dataclass(frozen=True, slots=True)
class FieldData:
    """A field of one's own as people set it up. ``choices`` and ``among`` are lines of text, ``default`` is typed."""

    label: str
    kind: str
    needed: bool = False
    required: bool = False
    unique: bool = False
    listed: bool = False
    mark: str = ""
    help: str = ""
    default: str = ""
    choices: str = ""
    depends_on: str = ""
    among: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldSet:
    """What is kept of a field: checked, and as its row holds it."""

    label: str
    kind: str
    needed: bool
    required: bool
    unique: bool
    listed: bool
    mark: str
    help: str
    default: Any
    choices: list[list[str]]
    depends_on: str
    among: dict[str, list[str]]
    levels: dict[str, str]


def key_of(label: str, taken: Iterable[str]) -> str:
    """The key of a new field: its name in plain letters behind the prefix, with a number where it is taken.

    >>> key_of("Property type", ["x_property_type"]), key_of("id", []), key_of("Größe", [])
    ('x_property_type_2', 'x_id', 'x_grosse')
    """
    stem = PREFIX + (re.sub(r"[^a-z0-9]+", "_", folded(label)).strip("_")[: KEY_LENGTH - 8] or "field")
    known, key, count = set(taken), stem, 1
    while key in known:
        count += 1
        key = f"{stem}_{count}"
    return key


def check(data: FieldData, subject: ObjectType, key: str = "") -> FieldSet:
    """A field as it is kept; ``key`` is that of the one that is changed. Raises RuleBroken, naming what to mend."""
    label = " ".join(data.label.split())
    if not label or len(label) > LABEL_LENGTH:
        raise RuleBroken("field.label", "Give it a name of at most %(most)d characters.", field="label", most=80)
    if any(each.label.casefold() == label.casefold() and each.key != key for each in subject.fields):
        raise RuleBroken("field.taken", "There is a field “%(name)s” already.", field="label", name=label)
    if data.kind not in {each.value for each in KINDS}:
        raise RuleBroken("field.kind", "Choose what it holds.", field="kind")
    kind, helped = Kind(data.kind), " ".join(data.help.split())
    if len(helped) > HELP_LENGTH:
        raise RuleBroken("field.help", "At most %(most)d characters fit.", field="help", most=HELP_LENGTH)
    choices = read_choices(data.choices) if kind in CHOOSING else []
    if kind in CHOOSING and not choices:
        raise RuleBroken("field.choices", "Write the choices, one on each line.", field="choices")
    _check_marks(data, kind)
    depends_on, among = _depends(data, subject, key, kind, choices)
    shape = Field(PREFIX, label, kind, mark=Mark(data.mark), choices=tuple((a, b) for a, b in choices), own=1)
    if any(each not in LEVELS for each in data.levels.values()):
        raise RuleBroken(
            "field.level", "Say for each role whether it hides, reads or writes the field.", field="levels"
        )
    return FieldSet(
        label,
        kind.value,
        data.needed,
        data.required,
        data.unique,
        data.listed,
        data.mark,
        helped,
        _default(data.default, shape),
        choices,
        depends_on,
        among,
        dict(data.levels),
    )


def longest(found: FieldSet) -> int:
    """How long a value may be."""
    if found.kind == Kind.MULTI:
        return len(BETWEEN.join(value for value, _label in found.choices))
    return LONGEST.get(Kind(found.kind), 200)


def _check_marks(data: FieldData, kind: Kind) -> None:
    if data.mark not in {each.value for each in Mark}:
        raise RuleBroken("field.mark", "Say whether it is personal or sensitive.", field="mark")
    if data.unique and kind in (Kind.LONG, Kind.ADDRESS, Kind.MULTI, Kind.FLAG):
        raise RuleBroken("field.unique", "Values of this kind can't be told apart for certain.", field="unique")
    if data.unique and data.default.strip():
        raise RuleBroken("field.unique_default", "What is there once has no default.", field="default")
    if data.mark == Mark.SENSITIVE and data.default.strip():
        raise RuleBroken("field.sealed_default", "What is sensitive has no default.", field="default")


def _default(typed: str, shape: Field) -> Any:
    if not typed.strip():
        return None
    found = parse(shape, typed, _PLAIN)
    if found.problem is not None:
        problem = found.problem
        raise RuleBroken("field.default", problem.text, field="default", **problem.params)
    return own.stored(shape, found.value)


def read_choices(text: str) -> list[list[str]]:
    r"""Choices, one a line: a label, or a value and a label apart by an equals sign. Raises RuleBroken.

    >>> read_choices("House\nflat = Flat with a garden")
    [['house', 'House'], ['flat', 'Flat with a garden']]
    """
    found: dict[str, str] = {}
    for line in filter(None, (" ".join(each.split()) for each in text.splitlines())):
        value, equals, label = (part.strip() for part in line.partition("="))
        named = label if equals and label else line
        key = re.sub(r"[^a-z0-9]+", "-", (value if equals and label else line).casefold()).strip("-")[:40] or "other"
        if key in found or len(named) > LABEL_LENGTH or any(char in named for char in BETWEEN):
            raise RuleBroken(
                "field.choice", "“%(line)s” stands there twice, or can't be a choice.", field="choices", line=line[:60]
            )
        found[key] = named
    if len(found) > MOST_CHOICES:
        raise RuleBroken("field.choices_many", "At most %(most)d choices fit.", field="choices", most=MOST_CHOICES)
    return [[value, label] for value, label in found.items()]


def written_choices(choices: Iterable[Sequence[str]]) -> str:
    """Choices as lines that `read_choices` reads back."""
    return "\n".join(label if read_choices(label)[0][0] == value else f"{value} = {label}" for value, label in choices)


def _depends(
    data: FieldData, subject: ObjectType, key: str, kind: Kind, choices: list[list[str]]
) -> tuple[str, dict[str, list[str]]]:
    """Lines such as ``House: Terraced, Detached``: a choice of the other field, and those that go with it."""
    if not data.depends_on or kind not in CHOOSING:
        return "", {}
    other = subject.field(data.depends_on) if subject.has(data.depends_on) else None
    if other is None or other.kind is not Kind.CHOICE or (key and key in {other.key, other.depends_on}):
        raise RuleBroken("field.depends", "It can depend on a field with a choice.", field="depends_on")
    among: dict[str, list[str]] = {}
    for line in filter(None, (" ".join(each.split()) for each in data.among.splitlines())):
        head, _colon, rest = line.partition(":")
        (value,) = _values([head], other.choices, other.label)
        among[value] = _values(rest.split(","), choices, data.label)
    if not among:
        raise RuleBroken("field.among", "Say which choices go with which, one line each.", field="among")
    return other.key, among


def _values(parts: Iterable[str], choices: Iterable[Sequence[str]], label: str) -> list[str]:
    known = {name.casefold(): value for value, text in choices for name in (value, text)}
    found = []
    for each in filter(None, (part.strip() for part in parts)):
        if each.casefold() not in known:
            raise RuleBroken(
                "field.no_choice", "“%(part)s” is no choice of %(label)s.", field="among", part=each[:60], label=label
            )
        found.append(known[each.casefold()])
    return found


def written_among(what: Field, other: Field) -> str:
    """Which choices go with which, as lines."""
    return "\n".join(f"{other.said(value)}: {', '.join(map(what.said, named))}" for value, named in what.among)


def check_levels(data: FieldSet, creating: Iterable[str], names: Mapping[str, str], usual: Mapping[str, str]) -> None:
    """What is needed must be written by every role that creates such records. Raises RuleBroken."""
    for role in creating if data.needed else ():
        if data.levels.get(role, usual.get(role, "write")) != "write":
            raise RuleBroken(
                "field.needed_hidden",
                "It is needed, so whoever creates such records must be able to write it: %(role)s can’t.",
                field="needed",
                role=names.get(role, role),
            )


def converted(before: Field, after: Field, value: Any) -> Parsed:
    """A value of one kind as another kind holds it, or the sentence that says why not."""
    if before.kind in CHOOSING and after.kind in CHOOSING:
        parts = [each for each in str(value).split(BETWEEN) if each]
        if after.kind is Kind.MULTI or len(parts) <= 1:
            return parse(
                after,
                BETWEEN.join(before.said(each) for each in parts) if after.kind is Kind.MULTI else before.said(value),
                _PLAIN,
            )
    if before.kind is Kind.FLAG and after.kind not in (Kind.TEXT, Kind.LONG, Kind.CHOICE, Kind.FLAG):
        return Parsed(None, RuleBroken("field.flag", "Yes or no can become a text or a choice only."))
    text = str(value) if before.kind is Kind.LINK else show(before, value, _PLAIN)
    return parse(after, text, _PLAIN)


@dataclass(frozen=True, slots=True)
class CheckData:
    """A rule over several fields as people write it; each condition is (field, how, what it is compared with)."""

    name: str
    message: str
    any: bool
    conditions: tuple[tuple[str, str, str], ...]


def check_rule(data: CheckData, subject: ObjectType) -> tuple[str, str, list[dict[str, Any]]]:
    """Name, message and conditions as they are kept. Raises RuleBroken, also for a rule that can never hold."""
    name, message = " ".join(data.name.split()), " ".join(data.message.split())
    if not name or len(name) > LABEL_LENGTH:
        raise RuleBroken(
            "check.name", "Give it a name of at most %(most)d characters.", field="name", most=LABEL_LENGTH
        )
    if not message or len(message) > MESSAGE_LENGTH:
        raise RuleBroken("check.message", "Say in a sentence what would be right.", field="message")
    if not data.conditions or len(data.conditions) > MOST_CONDITIONS:
        raise RuleBroken(
            "check.conditions", "Write one to %(most)d conditions.", field="conditions", most=MOST_CONDITIONS
        )
    found = [_condition(*each, subject) for each in data.conditions]
    if all(checks.never([each]) for each in found) if data.any else checks.never(found):
        raise RuleBroken(
            "check.never",
            "These conditions can never hold together: the rule would refuse nothing.",
            field="conditions",
        )
    if data.any and checks.always(found):
        raise RuleBroken(
            "check.always", "One of these conditions always holds: nothing could be saved any more.", field="conditions"
        )
    return (
        name,
        message,
        [
            {"field": each.field, "how": each.how, "value": checks.plain(each.value), "other": each.other}
            for each in found
        ],
    )


def _condition(key: str, how: str, typed: str, subject: ObjectType) -> Condition:
    if not subject.has(key) or subject.field(key).sealed:
        raise RuleBroken(
            "check.field", "Choose a field of %(object)s.", field="conditions", object=subject.label_plural
        )
    what, text = subject.field(key), typed.strip()
    if how not in checks.COMPARATORS:
        raise RuleBroken("check.how", "Choose how “%(label)s” is compared.", field="conditions", label=what.label)
    if how in checks.ALONE:
        return Condition(key, how)
    if not text:
        raise RuleBroken("check.value", "Say what “%(label)s” is compared with.", field="conditions", label=what.label)
    if how in {checks.IS, checks.IS_NOT, checks.CONTAINS} or what.kind in checks.ORDERED:
        return _compared(what, how, text, subject)
    raise RuleBroken("check.order", "One “%(label)s” is not more than another.", field="conditions", label=what.label)


def _compared(what: Field, how: str, text: str, subject: ObjectType) -> Condition:
    """With another field where one of that name is written in brackets, else with a value."""
    if text.startswith("[") and text.endswith("]"):
        named = text[1:-1].strip().casefold()
        other = next((each for each in subject.fields if named in (each.label.casefold(), each.key)), None)
        if other is None or other.kind is not what.kind:
            raise RuleBroken("check.other", "[%(name)s] is no field of the same kind.", field="conditions", name=named)
        return Condition(what.key, how, None, other.key)
    if what.kind in (Kind.PERSON, Kind.TEAM, Kind.RECORD, Kind.MOMENT):
        raise RuleBroken(
            "check.points",
            "“%(label)s” can be empty or filled in, or the same as another field.",
            field="conditions",
            label=what.label,
        )
    found = parse(what, text, _PLAIN)
    if found.problem is not None:
        raise RuleBroken("check.value", found.problem.text, field="conditions", **found.problem.params)
    return Condition(what.key, how, found.value)


def check_layout(sections: Sequence[tuple[str, Sequence[str]]], subject: ObjectType) -> list[list[Any]]:
    """A layout as it is kept. Raises RuleBroken where what is needed is left out."""
    placed = {key for _title, keys in sections for key in keys}
    missing = next((each for each in subject.written if each.needed and each.key not in placed), None)
    if missing is not None:
        raise RuleBroken(
            "layout.needed", "“%(label)s” is needed: it can’t be left out.", field=missing.key, label=missing.label
        )
    return [
        [" ".join(title.split())[:LABEL_LENGTH], [each for each in keys if subject.has(each)]]
        for title, keys in sections
        if keys
    ]
