"""What a browser may send about fields, rules over several fields, and layouts."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from crm.fields import rules
from crm.fields.rules import CheckData, FieldData
from crm.objects.models import OwnField
from crm.objects.rules import checks
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Field, Kind, Mark
from crm.objects.rules.own import loaded
from crm.parsing.rules import Hints, show
from infra.forms import Form
from infra.forms import lazy as _l

MARKS = ((Mark.NONE, _l("neither")), (Mark.PERSONAL, _l("personal")), (Mark.SENSITIVE, _l("sensitive: kept sealed")))
PLACE_LENGTH, LAST = 4, 10_000
LINES = 5
"""So many conditions a rule's form offers."""


class FieldForm(Form):
    """A field of one's own."""

    label = StringField(_l("Name"))
    kind = SelectField(_l("Holds"), validate_choice=False)
    help = StringField(_l("Help"), description=_l("Stands below the field in forms."))
    needed = BooleanField(_l("Needed"), description=_l("Nobody enters a record without it."))
    required = BooleanField(_l("Counts for completeness"))
    unique = BooleanField(_l("Unique"), description=_l("No two records hold the same."))
    listed = BooleanField(_l("A column of lists from the start"))
    mark = SelectField(_l("Personal or sensitive"), validate_choice=False)
    default = StringField(_l("Default"), description=_l("What a new record holds where nobody says otherwise."))
    choices = TextAreaField(_l("Choices"), description=_l("For a choice: one on each line."))
    depends_on = SelectField(_l("Choices depend on"), validate_choice=False)
    among = TextAreaField(
        _l("Which go with which"),
        description=_l("One line for each choice of that field, such as “Web: Blog, Search”."),
    )

    def offer(self, subject: ObjectType, key: str = "") -> FieldForm:
        """Fill in what can be chosen."""
        self.kind.choices = [SelectChoice(each.value, _(label)) for each, label in rules.KINDS.items()]
        self.mark.choices = [SelectChoice(each.value, label) for each, label in MARKS]
        choosing = [each for each in subject.fields if each.kind is Kind.CHOICE and each.written and each.key != key]
        offered = [SelectChoice(each.key, _(each.label)) for each in choosing]
        self.depends_on.choices = [SelectChoice("", _("on nothing")), *offered]
        return self

    def data_of(self, sent: Mapping[str, str]) -> FieldData:
        """What was sent; what each role may do with it is sent under the role's name."""
        prefix = "level-"
        levels = {key.removeprefix(prefix): value for key, value in sent.items() if key.startswith(prefix)}
        return FieldData(
            self.label.data or "",
            self.kind.data or "",
            needed=bool(self.needed.data),
            required=bool(self.required.data),
            unique=bool(self.unique.data),
            listed=bool(self.listed.data),
            mark=self.mark.data or "",
            help=self.help.data or "",
            default=self.default.data or "",
            choices=self.choices.data or "",
            depends_on=self.depends_on.data or "",
            among=self.among.data or "",
            levels=levels,
        )


def filled(row: OwnField, field: Field, subject: ObjectType) -> FieldForm:
    """The form of a field as it is."""
    data = {name: getattr(row, name) for name in ("label", "kind", "help", "needed", "required", "unique", "listed")}
    data |= {"mark": row.mark, "depends_on": row.depends_on, "choices": rules.written_choices(row.choices)}
    data["default"] = "" if row.default is None else show(field, loaded(field, row.default), Hints(decimal="."))
    other = subject.field(row.depends_on) if subject.has(row.depends_on) else None
    data["among"] = "" if other is None else rules.written_among(field, other)
    return FieldForm(formdata=None, data=data).offer(subject, row.key)


class CheckForm(Form):
    """A rule over several fields; its conditions are read from numbered fields."""

    name = StringField(_l("Name"))
    message = StringField(_l("What is said"), description=_l("A sentence that says what would be right."))
    joined = SelectField(
        _l("A record is refused where"),
        choices=[SelectChoice("all", _l("all of these hold")), SelectChoice("any", _l("any of these holds"))],
        default="all",
    )
    conditions = StringField(_l("Conditions"))


def conditions_of(sent: MultiDict[str, str]) -> list[tuple[str, str, str]]:
    """The conditions that were sent: those that name a field."""
    lines = [tuple(sent.get(f"{part}-{number}", "") for part in ("field", "how", "value")) for number in range(LINES)]
    return [(key, how, value) for key, how, value in lines if key]


def check_data(form: CheckForm, sent: MultiDict[str, str]) -> CheckData:
    """What was sent."""
    lines = tuple(conditions_of(sent))
    return CheckData(form.name.data or "", form.message.data or "", form.joined.data == "any", lines)


def comparable(subject: ObjectType) -> list[Field]:
    """The fields that a rule may look at."""
    return [each for each in subject.fields if each.written and not each.sealed]


def comparators() -> list[tuple[str, str]]:
    """How values are compared, in words."""
    return [(key, _(label)) for key, label in checks.COMPARATORS.items()]


def sections_of(subject: ObjectType, sent: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """A layout as it was sent: for each field its section and its place; sections stand by their first field."""
    placed: list[tuple[int, int, str, str]] = []
    for at, each in enumerate(subject.written):
        place = sent.get(f"place-{each.key}", "").strip()
        if place:
            number = int(place) if place.isdecimal() and len(place) <= PLACE_LENGTH else LAST
            placed.append((number, at, " ".join(sent.get(f"section-{each.key}", "").split()), each.key))
    found: dict[str, list[str]] = {}
    for _number, _at, title, key in sorted(placed):
        found.setdefault(title, []).append(key)
    return list(found.items())
