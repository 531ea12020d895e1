"""A list as a page: the request's wish, the rows, the links around them, saved views, and the same rows as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from infra import sheets
from infra.lists import rows, service
from infra.lists.models import SavedView
from infra.lists.rules import NOBODY, Column, Filter, Kind, ListSpec, Wish, parse
from infra.transaction import note

EVERYTHING = "all"
FILES: dict[str, tuple[str, Callable[[str, Sequence[str], list[list[Any]]], bytes]]] = {
    "csv": (sheets.CSV_TYPE, lambda _title, heads, cells: sheets.write_csv(heads, cells)),
    "xlsx": (sheets.XLSX_TYPE, sheets.write_xlsx),
}
MOST_EXPORTED = 50_000


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in words, and the address without it."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class ListView:
    """What a template needs of a list; `templates/shared/list.html` draws it."""

    spec: ListSpec
    source: rows.Source
    wish: Wish
    page: rows.Page
    saved: Sequence[SavedView]
    view: SavedView | None
    scope: str
    path: str
    reader_id: int | None

    @property
    def rows(self) -> Sequence[Any]:
        """The rows of this page."""
        return self.page.rows

    @property
    def total(self) -> int:
        """How many rows fit, on all pages; at least so many where there are `more`."""
        return self.page.total

    @property
    def more(self) -> bool:
        """Whether even more rows fit than were counted."""
        return self.page.more

    @property
    def first(self) -> int:
        """The number of the first row shown, from 1."""
        return min(self.total, (self.page.number - 1) * self.spec.page_size + 1)

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.total, self.page.number * self.spec.page_size)

    @property
    def filtered(self) -> bool:
        """Whether any condition holds rows back; of rows that are not there at all none does."""
        there = self.total or not isinstance(self.source, Sequence) or len(self.source)
        return bool(there and (self.wish.filters or self.wish.search))

    @property
    def messages(self) -> list[str]:
        """What of the query string was ignored, in the reader's language."""
        return [
            _(each.text) % {**each.params, "label": _(str(each.params.get("label", "-")))}
            for each in (*self.wish.messages, *self.page.messages)
        ]

    @property
    def columns(self) -> list[Column]:
        """The columns shown."""
        chosen = self.wish.columns
        there = [column for column in self.spec.columns if not column.filter_only]
        return [column for column in there if (column.key in chosen if chosen else column.visible)]

    @property
    def previous(self) -> str | None:
        """The address of the page before."""
        return self.href(page=self.page.number - 1) if self.page.number > 1 else None

    @property
    def next(self) -> str | None:
        """The address of the page after."""
        return self.href(page=self.page.number + 1) if self.last < self.total else None

    def shows(self, key: str) -> bool:
        """Whether a column is shown."""
        return any(column.key == key for column in self.columns)

    def href(self, **changes: Any) -> str:
        """The address of this list with parts of the wish replaced."""
        query = self.wish.query(**changes)
        return f"{self.path}?{query or urlencode({'view': EVERYTHING})}"

    def heads(self) -> list[dict[str, Any]]:
        """The heads for the table macro: pressed once a column sorts up, again down."""
        return [self._head(column) for column in self.columns]

    def _head(self, column: Column) -> dict[str, Any]:
        current = self.wish.sort or self.spec.default_sort
        down = f"-{column.key}"
        href = self.href(sort=down if current == column.key else column.key) if column.sortable else ""
        sort = {column.key: "ascending", down: "descending"}.get(current, "")
        label = _(column.label) if column.label else ""
        return {"label": label, "n": column.numeric, "href": href, "sort": sort, "hidden": False, "cls": ""}

    def chips(self) -> list[Chip]:
        """The conditions that hold now."""
        found = [Chip(self._said(each), self.href(filters=self.wish.without(each.key))) for each in self.wish.filters]
        if self.wish.search:
            found.insert(0, Chip(_("“%(text)s”", text=self.wish.search), self.href(search="")))
        return found

    def _said(self, condition: Filter) -> str:
        column = self.spec.column(condition.key)
        label = _(column.label) if column else condition.key
        return f"{label}: {_SAID[condition.kind](condition, column)}"

    def condition(self, key: str) -> Filter:
        """The condition on a column, an empty one if there is none, to fill the filter's fields."""
        return self.wish.of(key) or Filter(key, Kind.TEXT)

    def options(self, column: Column) -> list[tuple[str, str]]:
        """The choices of a filter."""
        return column.options() + ([(NOBODY, _("Nobody"))] if column.filter is Kind.PERSON else [])

    def export_href(self, kind: str) -> str:
        """The address of the same rows as a file."""
        query = self.wish.query()
        return f"{self.path}?{query}{'&' if query else ''}format={kind}"

    def view_href(self, view: SavedView) -> str:
        """The address of a saved view."""
        return f"{self.path}?{view.query or urlencode({'view': EVERYTHING})}"

    def query(self) -> str:
        """The wish as it is kept in a saved view."""
        return self.wish.query()

    def exported(self, kind: str) -> Response:
        """All rows that fit, in the columns shown, as a file; the trail notes who took what."""
        page = rows.fetch(self.spec, self.source, self.wish, g.zone, limit=MOST_EXPORTED)
        heads = [_(column.label) if column.label else column.key for column in self.columns]
        cells = [[_exported(column.shown(row)) for column in self.columns] for row in page.rows]
        mimetype, write = FILES[kind]
        body = write(_(self.spec.title), heads, cells)
        note(g.actor, f"{self.spec.key}.exported", scope=self.scope, rows=len(cells), kind=kind, query=self.query())
        answer = Response(body, mimetype=mimetype)
        name = f"{self.spec.key}-{g.today.isoformat()}.{kind}"
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        return answer


def open_view(spec: ListSpec, source: rows.Source, *, scope: str = "", path: str = "") -> ListView:
    """The list that the request asks for; without a query string the reader's default view, else the list's own.

    ``source`` is a select, or frozen rows that the reader may all see. ``scope`` parts saved views and entries of the
    trail, such as ``project:7``.
    """
    saved = service.views_of(spec.key, scope, g.actor)
    args = request.args.to_dict(flat=False)
    if not args:
        default = next((each for each in saved if each.is_default and each.person_id == g.actor.id), None)
        args = parse_qs(default.query if default else spec.default_query, keep_blank_values=True)
    wish = parse(spec, args)
    page = rows.fetch(spec, source, wish, g.zone)
    now = next((each for each in saved if each.query == wish.query() and each.query), None)
    return ListView(spec, source, wish, page, saved, now, scope, path or request.path, g.actor.id)


def answer(
    spec: ListSpec, source: rows.Source, template: str, *, scope: str = "", path: str = "", **context: Any
) -> ResponseReturnValue:
    """The whole list page: rendered with ``view`` and the context, or as a file when the request asks for one."""
    view = open_view(spec, source, scope=scope, path=path)
    kind = request.args.get("format", "")
    if kind in FILES:
        return view.exported(kind)
    return render_template(template, view=view, **context)


def _exported(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(g.zone).replace(tzinfo=None)
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(each) for each in value)
    return value


def _said_choices(condition: Filter, column: Column | None) -> str:
    labels = dict(column.options() if column else ()) | {NOBODY: _("nobody")}
    return ", ".join(labels.get(value, value) for value in condition.values)


def _said_range(condition: Filter, show: Callable[[Any], str]) -> str:
    if condition.low is None:
        return _("up to %(high)s", high=show(condition.high))
    if condition.high is None:
        return _("from %(low)s", low=show(condition.low))
    return _("%(low)s to %(high)s", low=show(condition.low), high=show(condition.high))


_SAID: dict[Kind, Callable[[Filter, Column | None], str]] = {
    Kind.TEXT: lambda condition, _column: _("contains “%(text)s”", text=condition.text),
    Kind.FLAG: lambda condition, _column: _("yes") if condition.flag else _("no"),
    Kind.CHOICE: _said_choices,
    Kind.PERSON: _said_choices,
    Kind.DATE: lambda condition, _column: _said_range(condition, lambda day: format_date(day, "d MMM y")),
    Kind.NUMBER: lambda condition, _column: _said_range(condition, lambda value: f"{value:g}"),
}
