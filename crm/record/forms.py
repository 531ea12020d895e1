"""The forms of records, made from the catalogue: which control a field gets, what was typed, what it means."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made_by
from datetime import datetime, tzinfo
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from accounts.people import queries as people
from accounts.teams import queries as teams
from crm.access.rules import Access
from crm.objects.rules.asked import needed
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import BETWEEN, Field, Kind
from crm.parsing.rules import Hints, parse, show
from crm.record import queries
from crm.records import queries as records
from crm.records.rules import has_own_page
from crm.records.service import Clash
from infra.forms import told
from infra.merge import FieldConflict
from kernel.errors import Problem
from kernel.rownumbers import row_number_or_none

OFFERED = "-offered"
"""Sent beside boxes of several choices, none of which need be ticked."""
SEARCH = "-q"
"""What is typed to look for a record is sent beside the record's number, under the field's name with this behind it."""
_WIDE = frozenset({Kind.LONG, Kind.ADDRESS, Kind.MULTI})
_TYPES = {
    Kind.EMAIL: "email",
    Kind.PHONE: "tel",
    Kind.LINK: "url",
    Kind.DATE: "date",
    Kind.MOMENT: "datetime-local",
    Kind.TIME: "time",
}
_NUMBERS = frozenset({Kind.MONEY, Kind.NUMBER, Kind.DECIMAL, Kind.PERCENT})
Option = tuple[str, str]


@dataclass(slots=True)
class Control:
    """One field of a form as a page shows it. ``look``: text, area, select, check, several or pick; ``typed`` is in it.

    A pick field shows ``options`` to choose from and ``search`` in its box.
    """

    field: Field
    look: str
    typed: str
    type: str = "text"
    options: list[Option] = made_by(default_factory=list)
    search: str = ""
    error: str = ""
    hint: str = ""

    @property
    def key(self) -> str:
        """Its name, which is also the end of its id."""
        return self.field.key

    @property
    def shown_type(self) -> str:
        """The type of its box: what could not be read is shown as it was typed, which a date box would drop."""
        return "text" if self.error and self.type in ("date", "datetime-local", "time") else self.type

    @property
    def narrowed(self) -> dict[str, str]:
        """What lets a browser offer only the choices that go with the value of another field."""
        if not self.field.depends_on:
            return {}
        among = json.dumps({value: list(named) for value, named in self.field.among})
        return {"data-depends-on": self.field.depends_on, "data-among": among, "data-name": self.key}

    @property
    def keys(self) -> str | None:
        """The keyboard that a phone shows."""
        return "decimal" if self.field.kind in _NUMBERS else None

    @property
    def said(self) -> str:
        """Its error where it stands apart from it, such as in the list at the top: with the name of the field."""
        label = _(self.field.label)
        return self.error if label in self.error else f"{label}: {self.error}"

    @property
    def wide(self) -> bool:
        """Whether it takes a whole line."""
        return self.field.kind in _WIDE


@dataclass(slots=True)
class RecordForm:
    """Some fields of a record: the controls, and once something was sent, the values that it means."""

    kind: str
    controls: list[Control]
    values: dict[str, Any] = made_by(default_factory=dict)
    sections: list[tuple[str, list[Control]]] = made_by(default_factory=list)

    def lay_out(self, access: Access, subject: ObjectType) -> RecordForm:
        """Let the fields stand as a layout says for this reader's roles; what is needed is never left out."""
        layout = subject.layout_for(each.role for each in access.grants)
        if layout:
            known = {each.key: each for each in self.controls}
            self.sections = [(title, [known.pop(key) for key in keys if key in known]) for title, keys in layout]
            asked = [each for each in known.values() if each.field.needed]
            self.sections = [each for each in (*self.sections, ("", asked)) if each[1]]
            self.controls = [each for _title, controls in self.sections for each in controls]
        return self

    @property
    def valid(self) -> bool:
        """Whether every field could be read."""
        return not any(each.error for each in self.controls)

    def errors(self) -> list[tuple[str, str]]:
        """Every error with the id of its field, for the list at the top; each sentence names its field there."""
        return [(f"f-{each.key}", each.said) for each in self.controls if each.error]

    def absorb(self, problem: Problem) -> None:
        """Put a sentence beside the field that it is about, or beside the first."""
        found = next((each for each in self.controls if each.key == problem.field), self.controls[0])
        found.error = told(problem)

    def clashed(self, clash: Clash, said: Callable[[Field, FieldConflict], str]) -> None:
        """Say beside each field what somebody else saved meanwhile; sending again keeps what was typed."""
        for conflict in clash.conflicts:
            for control in self.controls:
                if control.key == conflict.name:
                    theirs = said(control.field, conflict) or _("nothing")
                    control.error = _(
                        "Somebody else made this “%(theirs)s” meanwhile. Save again to keep yours.", theirs=theirs
                    )

    def first(self) -> list[Control]:
        """The fields that count, and those that lists show: what one fills in first."""
        return [each for each in self.controls if _is_first(each.field)]

    def more(self) -> list[Control]:
        """The other ones."""
        return [each for each in self.controls if not _is_first(each.field)]

    def more_open(self) -> bool:
        """Whether something in those has to be seen at once."""
        return any(each.error for each in self.more())


def _is_first(field: Field) -> bool:
    return field.counts or field.listed or field.key == "first_name"


@dataclass(slots=True)
class LogBox:
    """The box for what happened, with what stands in it; ``at`` and ``minutes`` once they could be read."""

    act: str = "log"
    kind: str = "call"
    text: str = ""
    at_typed: str = ""
    minutes_typed: str = ""
    at: datetime | None = None
    minutes: int | None = None
    errors: dict[str, str] = made_by(default_factory=dict)

    def absorb(self, problem: Problem) -> None:
        """Put a sentence beside what it is about."""
        name = {"occurred_at": "at", "due_at": "at", "minutes": "minutes"}.get(problem.field or "", "text")
        self.errors[name] = told(problem)


def read_log(sent: Mapping[str, str], zone: tzinfo) -> LogBox:
    """The box as it was sent. A moment is read as in every other form."""
    box = LogBox(sent.get("act", "log"), sent.get("kind", "call"), sent.get("text", ""))
    box.at_typed, box.minutes_typed = sent.get("at", ""), sent.get("minutes", "")
    activity = OBJECTS["activity"]
    for name, key, typed in (
        ("at", "occurred_at", box.at_typed.replace("T", " ")),
        ("minutes", "minutes", box.minutes_typed),
    ):
        parsed = parse(activity.field(key), typed, Hints(zone=zone))
        if parsed.problem is None:
            setattr(box, name, parsed.value)
        else:
            box.errors[name] = told(parsed.problem)
    return box


def hints(access: Access, zone: tzinfo, currency: str = "") -> Hints:
    """How people here write: wall clocks of the instance, names of what they may see."""
    return Hints(zone=zone, currency=currency, find=lambda what, text: queries.named(access, what, text))


def form_for(
    access: Access, subject: ObjectType, keys: Iterable[str], values: Mapping[str, Any], zone: tzinfo
) -> RecordForm:
    """A form with some fields of an object, in the catalogue's order, filled with values."""
    wanted = set(keys)
    fields = [each for each in subject.fields if each.key in wanted]
    controls = [_control(access, each, values.get(each.key), zone) for each in fields]
    for control in controls:
        control.options = [each for each in control.options if not _elsewhere(subject.key, control, each[0])]
    return RecordForm(subject.key, controls)


def form_of(access: Access, kind: str, fields: Iterable[Field], values: Mapping[str, Any], zone: tzinfo) -> RecordForm:
    """A form with fields that no object has, such as those of a question about many records."""
    return RecordForm(kind, [_control(access, each, values.get(each.key), zone) for each in fields])


def _elsewhere(kind: str, control: Control, value: Any) -> bool:
    """Whether a value that the control does not hold already is set by a page of its own."""
    return value != control.typed and has_own_page(kind, control.key, value)


def read(access: Access, form: RecordForm, sent: Mapping[str, str], zone: tzinfo) -> RecordForm:
    """The same form with what was sent: values where they can be read, sentences where they can't."""
    known = hints(access, zone, sent.get("currency", ""))
    for control in form.controls:
        if not _was_sent(control, sent):
            continue
        text = sent.get(control.key, "")
        if control.look == "several":
            _read_several(form, control, sent, known)
        elif control.look in ("select", "pick"):
            _read_choice(access, form, control, text, sent.get(control.key + SEARCH, "").strip(), known)
        else:
            control.typed = text
            _settle(form, control, parse(control.field, text.replace("T", " ", _moment(control)), known))
        _ask_for(form, control)
    return form


def _was_sent(control: Control, sent: Mapping[str, str]) -> bool:
    """Whether a form had this field: a box that is not ticked is sent as nothing."""
    if control.look == "several":
        return control.key + OFFERED in sent
    return control.key in sent or control.look == "check" or control.key + SEARCH in sent


def _read_several(form: RecordForm, control: Control, sent: Mapping[str, str], known: Hints) -> None:
    """Several boxes of one name."""
    ticked = sent.getlist(control.key) if isinstance(sent, MultiDict) else [sent.get(control.key, "")]
    control.typed = BETWEEN.join(filter(None, ticked))
    _settle(form, control, parse(control.field, control.typed, known))


def _ask_for(form: RecordForm, control: Control) -> None:
    """What a record can't be kept without is asked for with the other errors, not after they are mended."""
    if control.field.needed and not control.error and form.values.get(control.key) in (None, ""):
        control.error = told(needed(control.key, control.field.label))


def _moment(control: Control) -> int:
    """How many times the letter between a day and its time is a space: once in a moment, never elsewhere."""
    return 1 if control.field.kind is Kind.MOMENT else 0


def _settle(form: RecordForm, control: Control, parsed: Any) -> None:
    if parsed.ok:
        form.values[control.key] = parsed.value
        control.error = ""
    else:
        control.error = told(parsed.problem)


def _read_choice(access: Access, form: RecordForm, control: Control, text: str, search: str, known: Hints) -> None:
    if control.field.kind not in (Kind.PERSON, Kind.TEAM, Kind.RECORD):
        _read_value(form, control, parse(control.field, text, known), text)
        return
    before, control.typed, control.search = control.typed, text, search
    if search and text in ("", before):
        _read_search(access, form, control, search, known)
        return
    number = row_number_or_none(text)
    names = queries.pickable(access, _target(control.field), [number] if number else [])
    if text == before or not text or number in names:
        form.values[control.key] = number or None
        control.options = _offer(control.options, number, names)
    else:
        control.error = _("That can't be chosen. Look for it by its name.")


def _read_value(form: RecordForm, control: Control, parsed: Any, text: str) -> None:
    """A value of a list; one with a page of its own is told where that is."""
    if parsed.ok and _elsewhere(form.kind, control, parsed.value):
        control.error = _("A lead is converted or given up on its page, which asks what belongs to that.")
    else:
        _settle(form, control, parsed)
    control.typed = text


def _read_search(access: Access, form: RecordForm, control: Control, search: str, known: Hints) -> None:
    """A name was typed and none of those offered was chosen: one of that name is meant, of several somebody chooses."""
    _settle(form, control, parse(control.field, search, known))
    if control.error:
        control.options = pick_options(access, control.field.target, search) or control.options
    else:
        control.typed, control.search = str(form.values[control.key]), ""
        control.options = _offer([], form.values[control.key], {form.values[control.key]: search})


def _offer(options: list[Option], number: int | None, names: Mapping[int, str]) -> list[Option]:
    known = {value for value, _label in options}
    return options if number is None or str(number) in known else [(str(number), names.get(number, "")), *options]


def pick_options(access: Access, target: str, text: str) -> list[Option]:
    """What a pick field offers for what was typed."""
    return [
        (str(number), f"{name} ({apart})" if apart else name)
        for number, name, apart in queries.picked(access, target, text)
    ]


def _target(what: Field) -> str:
    return {Kind.PERSON: "person", Kind.TEAM: "team"}.get(what.kind, what.target)


def _control(access: Access, what: Field, value: Any, zone: tzinfo) -> Control:
    plain = Control(what, "text", _typed(what, value, zone), _TYPES.get(what.kind, "text"), hint=_(what.help))
    if what.kind in (Kind.LONG, Kind.ADDRESS):
        return replace(plain, look="area")
    if what.kind is Kind.MULTI:
        return replace(plain, look="several", typed=str(value or ""), options=_choices(what, value))
    if what.kind is Kind.FLAG:
        return replace(plain, look="check", typed="1" if value else "")
    options = _OPTIONS.get(what.kind)
    if options is not None or what.target in records.SMALL:
        return replace(plain, look="select", options=_with_empty(what, (options or _stages)(what, value)))
    if what.kind is Kind.RECORD:
        names = queries.pickable(access, what.target, [value] if value else [])
        offered = [("", _("none")), *([(str(value), names.get(value) or _("hidden"))] if value else [])]
        return replace(plain, look="pick", options=offered)
    return plain


def _typed(what: Field, value: Any, zone: tzinfo) -> str:
    if value is None or value == "":
        return ""
    if what.kind is Kind.CHOICE:
        return str(value)
    text = show(what, value, Hints(zone=zone))
    return text.replace(" ", "T", 1) if what.kind is Kind.MOMENT else text


def _with_empty(what: Field, options: Sequence[Option]) -> list[Option]:
    return list(options) if what.needed else [("", _("choose") if what.required else _("none")), *options]


def _choices(what: Field, _value: Any) -> list[Option]:
    return [(value, label if what.own else _(label)) for value, label in what.choices]


def _owners(_what: Field, value: Any) -> list[Option]:
    found = queries.people_of_crm()
    if value and value not in {number for number, _name in found}:
        found = [*found, *_left(value)]  # whoever owns a record and is gone is still named
    return [(str(number), name) for number, name in found]


def _left(number: int) -> list[tuple[int, str]]:
    return list(people.names_of([number]).items())


def _teams(_what: Field, _value: Any) -> list[Option]:
    return [(str(each.id), each.name) for each in teams.teams()]


def _stages(_what: Field, value: Any) -> list[Option]:
    return [(str(each.id), each.name) for each in records.stages() if each.active or each.id == value]


_OPTIONS: Mapping[Kind, Callable[[Field, Any], list[Option]]] = {
    Kind.CHOICE: _choices,
    Kind.PERSON: _owners,
    Kind.TEAM: _teams,
}
