"""What is to be done to which records: the choice of rows, of an act and of a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import parse_qs

from werkzeug.datastructures import MultiDict

from crm.access.rules import DELETE, Access, may
from crm.lists import queries, service
from crm.objects.rules.catalogue import ObjectType
from crm.objects.rules.fields import Field
from crm.record import forms as record
from infra.lists.large import MOST
from infra.lists.rules import parse
from kernel.rownumbers import row_number

REMOVE = "-delete"
"""The act that puts records into the bin; every other act is the key of a field."""


@dataclass(slots=True)
class BulkForm:
    """Ticked records or all that fit a wish, and what to do to them."""

    ids: tuple[int, ...]
    fitting: tuple[int, ...]
    all_of_them: bool
    query: str
    act: str
    form: record.RecordForm | None = None
    confirmed: bool = False

    @property
    def chosen(self) -> Sequence[int]:
        """The numbers of the records that are meant."""
        return self.fitting if self.all_of_them else self.ids

    @property
    def value(self) -> Any:
        """The value that was given, None as long as there is none."""
        return self.form.values.get(self.act) if self.form else None

    @property
    def ready(self) -> bool:
        """Whether it is known what to do."""
        return self.act == REMOVE or (self.form is not None and self.form.valid and self.act in self.form.values)


def acts(access: Access, subject: ObjectType) -> list[Field]:
    """The fields that can be set on many records."""
    return service.changeable(access, subject)


def may_remove(access: Access, subject: ObjectType) -> bool:
    """Whether any record may be put into the bin."""
    return may(access, DELETE, subject)


def read(access: Access, subject: ObjectType, sent: MultiDict[str, str], now: datetime, zone: tzinfo) -> BulkForm:
    """What was sent, read with distrust: unknown acts are none, numbers that are none are left out."""
    ids = tuple(sent.getlist("ids", type=row_number))[:MOST]
    spec, query = queries.spec_of(access, subject, now, zone), sent.get("query", "")[:2000]
    wish = parse(spec, parse_qs(query, keep_blank_values=True))
    fitting = tuple(queries.source(access, subject).ids(spec, wish, zone, MOST + 1))
    act, known = sent.get("act", ""), {each.key for each in acts(access, subject)}
    if act == REMOVE and not may_remove(access, subject):
        act = ""
    found = BulkForm(ids, fitting, sent.get("rows") == "all", query, act if act in {*known, REMOVE} else "")
    if found.act in known:
        found.form = record.form_for(access, subject, [found.act], {}, zone)
        if sent.get("step") != "value":
            return found
        record.read(access, found.form, sent, zone)
    found.confirmed = sent.get("confirm") == "yes"
    return found
