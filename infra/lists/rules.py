"""What a list is, and what a reader wishes of it: columns declared once, a query string read with distrust."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

RESERVED = frozenset({"q", "sort", "page", "columns", "format", "view", "count", "go"})
NOBODY = "none"
LONGEST_TEXT = 200
MOST_VALUES = 100
LARGEST = 1e15


class Kind(StrEnum):
    """How a column can be filtered."""

    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    FLAG = "flag"
    PERSON = "person"


class Format(StrEnum):
    """How a cell is written where the page doesn't say otherwise: the filters of the same names."""

    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"
    PERCENT = "percent"
    DAYS = "days"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, declared once for page, filter, sort and export.

    ``value`` gives the cell of a row (default: the attribute named ``key``); ``filter_value`` what filters compare,
    such as a person's number beside a name. ``expression`` and ``filter_expression`` are their SQL counterparts for
    lists that the database filters; ``condition`` makes the whole condition of a filter where neither will do.
    ``choices`` are (value, label) pairs of a choice or person filter, or a function
    that gives them. ``searched`` columns are looked through by the search field;
    ``filter_only`` ones are conditions without cells.
    """

    key: str
    label: str
    filter: Kind | None = None
    value: Callable[[Any], Any] | None = None
    filter_value: Callable[[Any], Any] | None = None
    expression: Any = None
    filter_expression: Any = None
    condition: Callable[[Any], Any] | None = None
    choices: Sequence[tuple[str, str]] | Callable[[], Sequence[tuple[str, str]]] = ()
    format: Format = Format.TEXT
    numeric: bool = False
    visible: bool = True
    sortable: bool = True
    searched: bool = False
    filter_only: bool = False

    def cell(self, row: Any) -> Any:
        """The value of this column in a row."""
        return (self.value or attrgetter(self.key))(row)

    def shown(self, row: Any) -> Any:
        """The value of this column in a row as people read it: a choice by its label."""
        value = self.cell(row)
        return dict(self.options()).get(str(value), value) if self.filter is Kind.CHOICE else value

    def compared(self, row: Any) -> Any:
        """What a filter on this column compares in a row."""
        return (self.filter_value or self.value or attrgetter(self.key))(row)

    def options(self) -> list[tuple[str, str]]:
        """The choices now."""
        return [(str(value), label) for value, label in (self.choices() if callable(self.choices) else self.choices)]


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A list: its key (names saved views, exports and the entry in the trail), its columns, its order.

    ``default_sort`` is a column's key, with a minus before it for descending. ``default_query`` is the query string
    that holds where the reader asks for nothing, such as ``state=open``. ``read`` turns a row of the database into the
    row that the page shows. ``search`` makes the condition of the search field, where the columns that are searched
    do not say it all. ``strict`` says of a condition on no column that it was left out. Raises ValueError for columns
    that could not work.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    default_sort: str = ""
    default_query: str = ""
    page_size: int = 100
    tie_breaker: Any = None
    read: Callable[[Any], Any] | None = None
    search: Callable[[str], Any] | None = None
    strict: bool = False

    def __post_init__(self) -> None:
        """Refuse keys that stand for something else, and an order by no column."""
        keys = [column.key for column in self.columns]
        if set(keys) & RESERVED or len(set(keys)) < len(keys):
            raise ValueError(f"The columns of {self.key} need keys of their own, other than {sorted(RESERVED)}.")
        if self.default_sort.lstrip("-") not in {*keys, ""}:
            raise ValueError(f"{self.key} can't be sorted by {self.default_sort}.")

    def column(self, key: str) -> Column | None:
        """The column with this key."""
        return next((column for column in self.columns if column.key == key), None)


@dataclass(frozen=True, slots=True)
class Message:
    """What was ignored and what would be right, with its parameters apart for translation."""

    text: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; which fields are set depends on the column's kind."""

    key: str
    kind: Kind
    text: str = ""
    values: tuple[str, ...] = ()
    low: Any = None
    high: Any = None
    flag: bool | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """The condition as it stands in a query string."""
        if self.kind in (Kind.CHOICE, Kind.PERSON):
            return [(self.key, value) for value in self.values]
        if self.kind is Kind.TEXT:
            return [(self.key, self.text)]
        if self.kind is Kind.FLAG:
            return [(self.key, "yes" if self.flag else "no")]
        ends = _ENDS[self.kind]
        return [
            (f"{self.key}_{end}", _written(value))
            for end, value in zip(ends, (self.low, self.high), strict=True)
            if value is not None
        ]


_ENDS = {Kind.DATE: ("from", "to"), Kind.NUMBER: ("min", "max")}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader asks of a list: conditions, search, order, page (from 1), columns."""

    filters: tuple[Filter, ...] = ()
    search: str = ""
    sort: str = ""
    page: int = 1
    columns: tuple[str, ...] = ()
    messages: tuple[Message, ...] = field(default=(), compare=False)

    def query(self, **changes: Any) -> str:
        """The wish as a query string; ``changes`` replaces parts of it, page 1 unless it names one."""
        wish = Wish(
            **{
                "filters": self.filters,
                "search": self.search,
                "sort": self.sort,
                "columns": self.columns,
                "page": 1,
                **changes,
            }
        )
        pairs = [pair for each in wish.filters for pair in each.pairs()]
        pairs += [("q", wish.search)] * bool(wish.search) + [("sort", wish.sort)] * bool(wish.sort)
        pairs += [("columns", ",".join(wish.columns))] * bool(wish.columns)
        pairs += [("page", str(wish.page))] * (wish.page > 1)
        return urlencode(pairs)

    def of(self, key: str) -> Filter | None:
        """The condition on a column."""
        return next((each for each in self.filters if each.key == key), None)

    def without(self, key: str) -> tuple[Filter, ...]:
        """The conditions but one."""
        return tuple(each for each in self.filters if each.key != key)


def parse(spec: ListSpec, args: Mapping[str, Sequence[str]]) -> Wish:
    """Read a query string. What can't be understood is left out, and a message says what would be right."""
    messages: list[Message] = []
    filters = [_filter(column, args, messages) for column in spec.columns if column.filter]
    messages.extend(_strangers(spec, args) if spec.strict else ())
    return Wish(
        tuple(each for each in filters if each is not None),
        _first(args, "q"),
        _sort(spec, _first(args, "sort"), messages),
        _page(_first(args, "page"), messages),
        _columns(spec, args),
        tuple(messages),
    )


def _strangers(spec: ListSpec, args: Mapping[str, Sequence[str]]) -> list[Message]:
    """Conditions on columns that are not there, or not there for this reader: nobody can tell which."""
    known = {each.key for each in spec.columns if each.filter} | RESERVED
    ends = {f"{each.key}_{end}" for each in spec.columns if each.filter for end in _ENDS.get(each.filter, ())}
    sentence = "The list has no column “%(text)s” to filter by, so that condition was left out."
    return [Message(sentence, {"text": key[:60]}) for key in args if key not in known | ends]


def _filter(column: Column, args: Mapping[str, Sequence[str]], messages: list[Message]) -> Filter | None:
    kind = column.filter
    if kind in (Kind.DATE, Kind.NUMBER):
        low, high = _ends(column, args, messages)
        if low is not None and high is not None and low > high:
            sentence = "%(label)s: the first value lies after the last, so nothing fits."
            messages.append(Message(sentence, {"label": column.label}))
        return None if low is None and high is None else Filter(column.key, kind, low=low, high=high)
    if kind in (Kind.CHOICE, Kind.PERSON):
        values = _values(column, args, messages)
        return Filter(column.key, kind, values=values) if values else None
    text = _first(args, column.key)
    if kind is Kind.FLAG:
        return _flag(column, text, messages)
    return Filter(column.key, Kind.TEXT, text=text) if text else None


def _flag(column: Column, text: str, messages: list[Message]) -> Filter | None:
    if text not in ("", "yes", "no"):
        sentence = "%(label)s can be yes or no; “%(text)s” was ignored."
        messages.append(Message(sentence, {"label": column.label, "text": text}))
    return Filter(column.key, Kind.FLAG, flag=text == "yes") if text in ("yes", "no") else None


def _values(column: Column, args: Mapping[str, Sequence[str]], messages: list[Message]) -> tuple[str, ...]:
    asked = [value[:LONGEST_TEXT] for value in args.get(column.key, ())[:MOST_VALUES] if value]
    known = {value for value, _label in column.options()} | ({NOBODY} if column.filter is Kind.PERSON else set())
    sentence = "%(label)s: “%(text)s” is not one of the choices."
    strangers = [value for value in asked if value not in known]
    messages.extend(Message(sentence, {"label": column.label, "text": value}) for value in strangers)
    return tuple(dict.fromkeys(value for value in asked if value in known))


def _ends(column: Column, args: Mapping[str, Sequence[str]], messages: list[Message]) -> tuple[Any, Any]:
    first, last = _ENDS[column.filter or Kind.DATE]
    return _end(column, first, args, messages), _end(column, last, args, messages)


def _end(column: Column, end: str, args: Mapping[str, Sequence[str]], messages: list[Message]) -> date | float | None:
    text = _first(args, f"{column.key}_{end}")
    if not text:
        return None
    try:
        return date.fromisoformat(text) if column.filter is Kind.DATE else _number(text)
    except ValueError:
        right = "2026-03-31" if column.filter is Kind.DATE else "12.5"
        sentence = "%(label)s: “%(text)s” can't be read; write it like %(right)s."
        messages.append(Message(sentence, {"label": column.label, "text": text[:60], "right": right}))
        return None


def _number(text: str) -> float:
    value = float(text.replace(",", "."))
    if not -LARGEST <= value <= LARGEST:
        raise ValueError("out of range")
    return value


def _written(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value.isoformat())


def _sort(spec: ListSpec, text: str, messages: list[Message]) -> str:
    column = spec.column(text.removeprefix("-"))
    if column is not None and column.sortable:
        return text
    if text:
        messages.append(Message("The list can't be sorted by “%(text)s”.", {"text": text[:60]}))
    return ""


def _page(text: str, messages: list[Message]) -> int:
    if not text:
        return 1
    if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0:
        return int(text)
    messages.append(Message("“%(text)s” is not a page number.", {"text": text[:60]}))
    return 1


def _columns(spec: ListSpec, args: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    asked = {key for value in args.get("columns", ()) for key in value.split(",")}
    return tuple(column.key for column in spec.columns if column.key in asked)


def _first(args: Mapping[str, Sequence[str]], key: str) -> str:
    values = args.get(key) or ("",)
    return values[0].replace("\0", "").strip()[:LONGEST_TEXT]
