"""A record as its page shows it: head, figures, stages, the next step, details, and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any, cast

from flask_babel import gettext as _
from markupsafe import Markup

from crm.access import rules as access_rules
from crm.access.rules import Access
from crm.objects.rules.catalogue import OBJECTS, ObjectType
from crm.objects.rules.fields import Field, Kind
from crm.record import queries, rules
from crm.records import charts as values
from crm.records import queries as records
from crm.records.charts import Names
from crm.timeline import queries as timeline
from infra import formats
from infra.wires import wires
from kernel.actor import initials

RECORD_PANELS, RECORD_ASIDES, FORM_ASIDES = "record_panels", "record_asides", "form_asides"
FIGURES: Mapping[str, tuple[str, ...]] = {
    "lead": ("status", "rating", "value", "source"),
    "account": ("kind", "industry", "employees", "revenue"),
    "contact": ("title", "department", "phone"),
    "opportunity": ("amount", "probability", "closes_on"),
    "activity": ("kind", "state", "due_at", "occurred_at"),
    "campaign": ("state", "starts_on", "ends_on", "budget"),
    "product": ("code", "line", "price"),
    "ticket": ("state", "priority", "respond_by", "resolve_by"),
}
"""What stands large below the name, by object."""
_ELSEWHERE = frozenset({"name", "next_step", "next_step_on", "stage_id"})
"""Fields with a place of their own on the page."""
_NAMES = frozenset({"first_name", "last_name"})
_CODES: Mapping[str, str] = {"activity": "ACT", "campaign": "CAM"}
"""What stands before a record's number where the first letter of its object is that of another one."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One large figure; ``edit`` opens it for change where the reader may."""

    label: str
    value: str
    edit: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A field in the card of details. ``person`` is (id, initials, name); ``wrong`` says that it needs a real value."""

    field: Field
    text: str
    href: str = ""
    person: tuple[int, str, str] | None = None
    edit: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next: words, its day or moment, and whether that is past; ``address`` is where it is done or moved."""

    text: str
    when: str = ""
    late: bool = False
    address: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A line of the card of contacts."""

    id: int
    name: str
    sub: str
    phone: str


@dataclass(frozen=True, slots=True)
class Line:
    """A record in a card of what hangs on this one."""

    name: str
    href: str
    sub: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Records of one object that hang on this one."""

    title: str
    lines: tuple[Line, ...]
    total: int
    all_href: str
    new_href: str = ""


@dataclass(slots=True)
class RecordPage:
    """Everything that the template needs of a record."""

    kind: str
    subject: ObjectType
    record: Any
    seen: frozenset[str]
    written: frozenset[str]
    names: Names
    figures: list[Figure] = field(default_factory=list)
    stages: list[tuple[str, str, bool]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    empty: list[Row] = field(default_factory=list)
    filled: int = 0
    counted: int = 0
    step: Step | None = None
    description: str = ""
    above: tuple[str, str] | None = None

    @property
    def address(self) -> str:
        """Where the page lies."""
        return f"/crm/{self.subject.plural}/{self.record.id}"

    @property
    def title(self) -> str:
        """Its name, as far as it may be read."""
        return self.record.name if "name" in self.seen else records.unnamed(self.subject, self.record.id)

    @property
    def code(self) -> str:
        """What people call it on the phone."""
        return f"{_CODES.get(self.kind, self.subject.label[0])}-{self.record.id}"

    @property
    def initials(self) -> str:
        """Two letters for the tile: those of the account where a deal hangs on one."""
        return initials(self.above[0] if self.above and self.kind == "opportunity" else self.title)


def page_of(access: Access, kind: str, record: Any, now: datetime, zone: tzinfo) -> RecordPage:
    """The page of a record for a reader."""
    subject = OBJECTS[kind]
    facts = records.facts(access, access_rules.SEE, subject, record)
    seen = access_rules.fields_seen(access, subject, facts)
    edit = records.facts(access, access_rules.EDIT, subject, record)
    written = access_rules.fields_written(access, subject, edit) & seen
    names = values.names_of_rows(access, subject, [record])
    found = RecordPage(kind, subject, record, seen, written, names)
    found.figures = _figures(found, now)
    found.stages = _stages(found)
    _fill_details(found, access)
    found.step = _step(found, access, now, zone)
    found.description = record.description if "description" in seen else ""
    found.above = _above(found)
    return found


def _figures(page: RecordPage, now: datetime) -> list[Figure]:
    found = [_figure(page, page.subject.field(key)) for key in FIGURES[page.kind] if key in page.seen]
    if page.kind == "opportunity":
        found[2:2] = _weighted(page)
    if page.kind in ("opportunity", "lead") and "created_at" in page.seen:
        until = page.record.closed_at if page.kind == "opportunity" else page.record.converted_at
        days = max(0, ((until or now) - page.record.created_at).days)
        found.append(Figure(_("Age"), _("%(days)d d", days=days)))
    return found


def _figure(page: RecordPage, what: Field) -> Figure:
    value = getattr(page.record, what.key)
    if what.key == "probability" and value is None and "stage_id" in page.seen:
        stage = records.stage_facts(page.record.stage_id)
        value = stage.probability if stage else None
    if what.key == "closes_on" and isinstance(value, date):
        return Figure(_("Close"), formats.day(value), _edit(page, what))
    text = values.words(what, value, page.names, _currency(page))
    return Figure(_(what.label), text or "–", _edit(page, what))


def _weighted(page: RecordPage) -> list[Figure]:
    if not {"amount", "probability", "stage_id"} <= page.seen or page.record.amount is None:
        return []
    stage = records.stage_facts(page.record.stage_id)
    weighted = rules.weighted(page.record.amount, page.record.probability, stage.probability if stage else 0)
    return [Figure(_("Weighted"), values.money(weighted, _currency(page)))]


def _currency(page: RecordPage) -> str:
    return str(getattr(page.record, "currency", "") or "") if "currency" in page.seen else ""


def _edit(page: RecordPage, what: Field) -> str:
    return f"{page.address}?edit={what.key}" if what.key in page.written else ""


def _stages(page: RecordPage) -> list[tuple[str, str, bool]]:
    """The path of a deal: each stage with how it stands to the current one (on, cur, off), and whether it is lost."""
    if page.kind != "opportunity" or "stage_id" not in page.seen:
        return []
    known = records.stages()
    here = next((each for each in known if each.id == page.record.stage_id), None)
    lost = here is not None and here.outcome == "lost"
    shown = [each for each in known if (each.active and each.outcome != "lost") or each is here]
    place = next((index for index, each in enumerate(shown) if each is here), -1)
    marks = [
        "cur" if each is here else "on" if index < place and not lost else "off" for index, each in enumerate(shown)
    ]
    return [(each.name, mark, lost) for each, mark in zip(shown, marks, strict=True)]


def _fill_details(page: RecordPage, access: Access) -> None:
    left_out = _ELSEWHERE | {"description"} | set(FIGURES[page.kind]) - {"title", "phone"}
    for what in _in_order(page.subject, access):
        if what.key not in page.seen:
            continue
        value = getattr(page.record, what.key)
        if what.counts:
            page.counted += 1
            page.filled += rules.is_filled(value)
        if what.key in left_out or (what.key in _NAMES and what.key not in page.written):
            continue
        row = _row(page, what, value)
        if row.text:
            page.rows.append(row)
        elif row.edit:
            (page.rows if what.counts else page.empty).append(row)


def _in_order(subject: ObjectType, access: Access) -> list[Field]:
    """The fields as the layout of the reader's roles has them; those that people don't fill in stand behind."""
    layout = subject.layout_for(each.role for each in access.grants)
    if not layout:
        return list(subject.fields)
    placed = [key for _title, keys in layout for key in keys if subject.has(key)]
    rest = [each for each in subject.fields if not each.written or (each.needed and each.key not in placed)]
    return [*(subject.field(key) for key in placed), *rest]


def _row(page: RecordPage, what: Field, value: Any) -> Row:
    text = values.words(what, value, page.names, _currency(page))
    person = None
    if what.kind is Kind.PERSON and value:
        person = (value, initials(text), text)
    wrong = what.counts and bool(text) and not rules.is_filled(value)
    return Row(what, text, _href(page, what, value, text), person, _edit(page, what), wrong)


def _href(page: RecordPage, what: Field, value: Any, text: str) -> str:
    if what.kind is Kind.RECORD and what.target in OBJECTS and value and page.names.of(what, value):
        return f"/crm/{OBJECTS[what.target].plural}/{value}"
    if what.kind is Kind.EMAIL and text:
        return f"mailto:{text}"
    if what.kind is Kind.PHONE and text:
        return f"tel:{text}"
    return text if what.kind is Kind.LINK and text.startswith(("http://", "https://")) else ""


def _above(page: RecordPage) -> tuple[str, str] | None:
    """The account that the record hangs on, for the line above its name."""
    if page.kind not in ("opportunity", "contact", "activity") or "account_id" not in page.seen:
        return None
    number = page.record.account_id
    name = page.names.records.get("account", {}).get(number or 0, "")
    return (name, f"/crm/accounts/{number}") if name else None


def _step(page: RecordPage, access: Access, now: datetime, zone: tzinfo) -> Step | None:
    if page.subject.has("next_step") and {"next_step", "next_step_on"} <= page.seen and page.record.next_step:
        day = page.record.next_step_on
        late = day is not None and day < now.astimezone(zone).date()
        return Step(
            page.record.next_step, formats.near(day), late, f"{page.address}/step" if _may_step(page) else "", day
        )
    planned = timeline.planned(page.kind, page.record, access, 1)
    if not planned:
        return None
    shown = records.fields_of_many(access, OBJECTS["activity"], planned)[planned[0].id]
    if not {"name", "due_at"} <= shown:
        return None
    due = planned[0].due_at
    edit = records.facts(access, access_rules.EDIT, OBJECTS["activity"], planned[0])
    may = access_rules.may(access, access_rules.EDIT, OBJECTS["activity"], edit)
    address = f"/crm/activities/{planned[0].id}" if may else ""
    day = due.astimezone(zone).date() if due else None
    return Step(planned[0].name, formats.moment(due), due is not None and due < now, address, day)


def _may_step(page: RecordPage) -> bool:
    return {"next_step", "next_step_on"} <= page.written


def cards(access: Access, page: RecordPage) -> list[Card]:
    """What hangs on the record, a card an object."""
    return [_card(access, page, each) for each in queries.related(access, page.kind, page.record.id)]


def _card(access: Access, page: RecordPage, found: queries.Related) -> Card:
    shown = records.fields_of_many(access, found.subject, found.rows)
    names = values.names_of_rows(access, found.subject, found.rows)
    lines = tuple(_line(found.subject, row, shown[row.id], names) for row in found.rows)
    plural = found.subject.plural
    may_add = access_rules.may(access, access_rules.CREATE, found.subject, None, found.link)
    new = f"/crm/{plural}/new?{found.link}={page.record.id}" if may_add else ""
    return Card(_(found.subject.label_plural), lines, found.total, f"/crm/{plural}?{found.link}={page.record.id}", new)


_SUB: Mapping[str, tuple[str, ...]] = {
    "contact": ("title",),
    "opportunity": ("stage_id", "closes_on"),
    "lead": ("company", "status"),
    "account": ("industry",),
}
_VALUE: Mapping[str, str] = {"opportunity": "amount"}


def _line(subject: ObjectType, row: Any, shown: frozenset[str], names: Names) -> Line:
    currency = str(getattr(row, "currency", "") or "")
    sub = [
        values.words(subject.field(key), getattr(row, key), names, currency)
        for key in _SUB.get(subject.key, ())
        if key in shown
    ]
    key = _VALUE.get(subject.key, "")
    value = values.words(subject.field(key), getattr(row, key), names, currency) if key and key in shown else ""
    title = row.name if "name" in shown else records.unnamed(subject, row.id)
    return Line(title, f"/crm/{subject.plural}/{row.id}", " · ".join(each for each in sub if each), value)


def _leads(kind: str, where: str) -> bool:
    """Whether a panel is what readers of this object come for: a lead's way, a campaign's fruits, what was said."""
    return where == kind and kind in ("lead", "campaign", "ticket")


def panels(
    access: Access, kind: str, record: Any, place: str = RECORD_PANELS, *, leading: bool = False
) -> list[Markup]:
    """What other rooms add to the page of a record below its timeline or beside it, or what stands above it."""
    wired = cast("Iterable[tuple[str, Any]]", wires().extras.get(place, ()))
    parted = place == RECORD_PANELS  # beside the record nothing leads
    found = [
        panel(kind, record, access)
        for where, panel in wired
        if where in (kind, "*") and (not parted or _leads(kind, where) == leading)
    ]
    return [each for each in found if each]


def list_address(subject: ObjectType) -> str:
    """Where the records of an object are listed."""
    return f"/crm/{subject.plural}"


def crumbs(subject: ObjectType, name: str, page: RecordPage | None = None) -> list[tuple[str, str | None]]:
    """Where a page lies: below the list of its object, and below the ``page`` of its record if it is another one."""
    record = [(page.title, page.address)] if page else []
    return [(_("CRM"), "/crm"), (_(subject.label_plural), list_address(subject)), *record, (name, None)]
