"""The access file: everything that is held of somebody, as JSON for programs, as a page for people, with the files."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from crm.records.models import TABLES
from infra.attachments import store
from infra.audit import words
from infra.pdf import beyond_latin, pdf_of
from infra.personal import queries as personal
from infra.personal.rules import Part, Who
from infra.wires import wires

_RECORDS = frozenset(model.__tablename__ for model in TABLES.values())
_LEFT_OUT = frozenset({"id"})
FILES = "attachment"
MOST_ON_PAPER = 200
"""Rows of one kind that the PDF holds; the zip holds all."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the file: heading, columns and rows of texts."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class AccessFile:
    """The file and how many rows are in it."""

    content: bytes
    rows: int


def archive(who: Who, parts: list[Part], now: datetime) -> AccessFile:
    """Everything that is held of somebody as a zip: ``data.json``, ``data.html`` and the files themselves."""
    told, tables, history = _collected(who, parts)
    data = {"name": who.name, "addresses": sorted(who.addresses), "made_at": now.isoformat(), "held": tables}
    page = render_template("desk/privacy/file.html", who=who, **_shown(tables, history, now))
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("data.json", json.dumps({**data, "history": history}, ensure_ascii=False, default=_plain))
        packed.writestr("data.html", page)
        for name, content in _files(who, told):
            packed.writestr(name, content)
    return AccessFile(made.getvalue(), sum(map(len, tables.values())))


def paper(who: Who, parts: list[Part], now: datetime) -> AccessFile:
    """The same as PDF, for people: each row with its filled fields, of each kind the first so many."""
    _told, tables, history = _collected(who, parts)
    shown = _shown({name: rows[:MOST_ON_PAPER] for name, rows in tables.items()}, history[:MOST_ON_PAPER], now)
    counts = [len(rows) for rows in tables.values()]
    body = render_template("desk/privacy/paper.html", who=who, counts=counts, past=len(history), **shown)
    letters = beyond_latin(body)
    page = render_template("desk/privacy/paper_page.html", who=who, body=Markup(body), letters=letters, **shown)  # noqa: S704  # a template of ours
    return AccessFile(pdf_of(page), sum(counts))


def _collected(who: Who, parts: list[Part]) -> tuple[list[Part], dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    """What a person is told of: the parts, their rows by table, and what happened."""
    told = [part for part in parts if personal.declared(part.table).told]
    tables: dict[str, list[dict[str, Any]]] = {}
    for part in told:
        tables.setdefault(part.table, []).extend(_entry(who, part, row) for row in part.rows)
    own = [f"{part.table}:{number}" for part in told if part.table in _RECORDS for number in _own(who, part)]
    return told, tables, [_happened(row) for row in personal.history(who, own=own)]


def _shown(tables: Mapping[str, list[dict[str, Any]]], history: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    sections = [_section(_(personal.declared(table).title), rows) for table, rows in tables.items()]
    return {
        "sections": sections,
        "history": _section(_("What happened"), history),
        "when": f"{now:%Y-%m-%d %H:%M} UTC",
        "language": str(get_locale() or "en"),
    }


def _own(who: Who, part: Part) -> list[int]:
    return [number for number in part.ids if not _only_worked_on(who, part, number)]


def _only_worked_on(who: Who, part: Part, number: int) -> bool:
    """Whether somebody who works here only worked on a record: it is a customer's data, not theirs."""
    worked = part.roles[number] <= personal.workers_of(part.table)
    return who.person_id is not None and part.table in _RECORDS and worked


def _entry(who: Who, part: Part, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as its person may read it; of customers' records that they worked on only that they did."""
    if _only_worked_on(who, part, row["id"]):
        return {"id": row["id"], "as": ", ".join(sorted(part.roles[row["id"]])), "created_at": row["created_at"]}
    shown = personal.shown(part.table, row)
    return {**shown, **(shown.pop("more", None) or {}), **json.loads(shown.pop("more_sealed", None) or "{}")}


def _happened(row: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the trail: when, what, on what, and which values where they are the person's."""
    said = words.action_words(row["action"], row.get("label") or "").strip()
    return {
        "at": row["at"],
        "action": said,
        "on": row["subject"],
        **({"values": row["changes"]} if row.get("changes") else {}),
    }


def _section(title: str, rows: list[dict[str, Any]]) -> Section:
    columns = tuple(dict.fromkeys(key for row in rows for key in row if key not in _LEFT_OUT))
    return Section(title, columns, tuple(tuple(_text(row.get(key)) for key in columns) for row in rows))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return value.isoformat(" ", "minutes") if isinstance(value, datetime) else str(value)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _files(who: Who, parts: list[Part]) -> Iterator[tuple[str, bytes]]:
    """The files on what is theirs; what somebody who works here put elsewhere belongs there."""
    for part in parts:
        if part.table != FILES or not (who.records or who.addresses):
            continue
        for row in part.rows:
            path = store.path_of(wires().settings.files_dir, row["digest"])
            if part.roles[row["id"]] != {"author_id"} and path.exists():
                yield f"files/{row['id']}-{row['name']}", path.read_bytes()
