"""What is to be done to which records: the choice of rows, of an act and of a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import parse_qs

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm.access.rules import DELETE, EDIT, Access, may
from crm.campaigns.rules import STATUSES
from crm.lists import queries, service
from crm.objects.rules.catalogue import CAMPAIGN as CAMPAIGNS
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Field, Kind
from crm.record import forms as record
from crm.tags import queries as tags
from infra.lists.large import MOST
from infra.lists.rules import parse
from kernel.rownumbers import row_number

REMOVE, TAG, UNTAG, CAMPAIGN = "-delete", "-tag", "-untag", "-campaign"
"""The acts that are no setting of a field; every other act is the key of one."""
ACTS: Mapping[str, str] = {
    TAG: "Put a tag on",
    UNTAG: "Take a tag off",
    CAMPAIGN: "Add to a campaign",
    REMOVE: "Put into the recycle bin",
}
"""What each of them is called."""


@dataclass(slots=True)
class BulkForm:
    """Ticked records or all that fit a wish, and what to do to them.

    ``fitting`` are those that fit where all of them are meant; ``count`` counts them where only some are.
    """

    ids: tuple[int, ...]
    fitting: tuple[int, ...]
    count: Callable[[], int]
    all_of_them: bool
    query: str
    act: str
    form: record.RecordForm | None = None
    confirmed: bool = False

    @property
    def chosen(self) -> Sequence[int]:
        """The numbers of the records that are meant."""
        return self.fitting if self.all_of_them else self.ids

    def count_fitting(self) -> int:
        """How many records fit the wish, counted no further than one more than are changed at once."""
        return len(self.fitting) if self.all_of_them else self.count()

    @property
    def values(self) -> Mapping[str, Any]:
        """The values that were given."""
        return self.form.values if self.form else {}

    @property
    def ready(self) -> bool:
        """Whether it is known what to do."""
        if self.form is None:
            return self.act == REMOVE
        return self.form.valid and {each.key for each in self.form.controls} <= self.values.keys()


def acts(access: Access, subject: ObjectType) -> list[tuple[str, str]]:
    """What can be done to many records, with what it is called: other acts first, then the fields that can be set."""
    if "bulk_edit" not in access.functions():
        return []
    editable = may(access, EDIT, subject)
    possible = {
        TAG: editable,
        UNTAG: editable and bool(tags.names(access, subject.key)),
        CAMPAIGN: subject.key in ("lead", "contact") and may(access, EDIT, CAMPAIGNS),
        REMOVE: may(access, DELETE, subject),
    }
    fields = [
        (each.key, _("Set %(field)s", field=_(each.label).lower())) for each in service.changeable(access, subject)
    ]
    return [*((act, _(ACTS[act])) for act, can in possible.items() if can), *fields]


def read(access: Access, subject: ObjectType, sent: MultiDict[str, str], now: datetime, zone: tzinfo) -> BulkForm:
    """What was sent, read with distrust: unknown acts are none, numbers that are none are left out."""
    ids = tuple(sent.getlist("ids", type=row_number))[:MOST]
    spec, query = queries.spec_of(access, subject, now, zone), sent.get("query", "")[:2000]
    wish = parse(spec, parse_qs(query, keep_blank_values=True))
    source, every = queries.source(access, subject), sent.get("rows") == "all"
    fitting = tuple(source.ids(spec, wish, zone, MOST + 1)) if every else ()
    act = sent.get("act", "") if sent.get("act") in dict(acts(access, subject)) else ""
    found = BulkForm(ids, fitting, lambda: source.count(spec, wish, zone, MOST + 1), every, query, act)
    if found.act not in ("", REMOVE):
        found.form = _form(access, subject, found.act, zone)
        if sent.get("step") != "value":
            return found
        record.read(access, found.form, sent, zone)
        if found.act in ACTS:
            _demand_all(found.form)
    found.confirmed = sent.get("confirm") == "yes"
    return found


def _form(access: Access, subject: ObjectType, act: str, zone: tzinfo) -> record.RecordForm:
    """The question that an act asks: a field's new value, which tag, which campaign and how far they came."""
    if act == CAMPAIGN:
        campaign = Field("campaign_id", "Campaign", Kind.RECORD, needed=True, target="campaign")
        status = Field("member_status", "How far they came", Kind.CHOICE, needed=True, choices=tuple(STATUSES.items()))
        return record.form_of(access, subject.key, (campaign, status), {}, zone)
    if act == TAG:
        there = tags.names(access, subject.key)
        known = _("One of %(tags)s, or a new word.", tags=", ".join(list(there.values())[:8]))
        hint = known if there else _("A word; many records may carry the same.")
        return record.form_of(access, subject.key, (Field("tag", "Tag", needed=True, longest=60, help=hint),), {}, zone)
    if act == UNTAG:
        choices = tuple((str(number), name) for number, name in tags.names(access, subject.key).items())
        return record.form_of(
            access, subject.key, (Field("tag", "Tag", Kind.CHOICE, needed=True, choices=choices),), {}, zone
        )
    return record.form_for(access, subject, [act], {}, zone)


def _demand_all(form: record.RecordForm) -> None:
    """Unlike a field, which may be emptied, the answer to a question can't be left out."""
    for control in form.controls:
        if not control.error and not form.values.get(control.key):
            control.error = _("Write or choose one.")
