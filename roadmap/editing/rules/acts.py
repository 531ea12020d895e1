"""Acts as data: what a page may send, each read with a sentence about what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kernel.errors import RuleBroken
from roadmap.schedule.rules import LinkType
from roadmap.tasks.rules import fields, links

MOST_ACTS, MOST_IDS, MOST_DATED = 500, 500, 50
LARGEST = 2**31 - 1
MOST_DAYS = 10_000


@dataclass(frozen=True, slots=True)
class Shift:
    """To where, or by how much: one of a moment, working days, working minutes."""

    moment: datetime | None = None
    days: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Rows begin elsewhere; the first as the shift says, the others keep their distance to it."""

    ids: tuple[int, ...]
    to: Shift
    actual: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A task takes longer or shorter: until a moment, by some days or minutes, or as long as it is told."""

    id: int
    to: Shift
    duration_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Connect:
    """One row waits for another."""

    source: int
    target: int
    tie: links.Tie


@dataclass(frozen=True, slots=True)
class Disconnect:
    """A link goes; without a type all links from one to the other."""

    source: int
    target: int
    type: LinkType | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Rows stand below a parent (None: the top), at a place among its other children (None: the end)."""

    ids: tuple[int, ...]
    parent: int | None
    position: int | None


@dataclass(frozen=True, slots=True)
class Indent:
    """Rows go a level in, or out."""

    ids: tuple[int, ...]
    out: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Rows go with everything below them."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Add:
    """A new row; ``after`` is what it waits for."""

    values: Mapping[str, Any]
    parent: int | None
    position: int | None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Set:
    """Fields of a row take values; ``base`` is what the person saw. ``predecessors`` are a text among the values."""

    id: int
    values: Mapping[str, Any]
    base: Mapping[str, Any] = field(default_factory=dict)


Act = Move | Stretch | Connect | Disconnect | Place | Indent | Delete | Add | Set


class ActBroken(RuleBroken):
    """What is wrong with one act; ``act`` is its place in the list, None where it is about none of them."""

    def __init__(self, problem: RuleBroken, act: int | None) -> None:
        """Keep the sentence."""
        self.act = act
        super().__init__(problem.code, problem.text, field=problem.field, **dict(problem.params))


def read_acts(sent: object) -> list[Act]:
    """The acts of a request. Raises ActBroken for the first that can't be read."""
    if not isinstance(sent, list) or not sent:
        raise ActBroken(RuleBroken("acts.none", "Send a list of acts.", field="acts"), None)
    if len(sent) > MOST_ACTS:
        text = "%(count)s acts are too many at once; send at most %(most)s."
        raise ActBroken(RuleBroken("acts.many", text, field="acts", count=len(sent), most=MOST_ACTS), None)
    found = []
    for number, each in enumerate(sent):
        try:
            found.append(read_act(each))
        except RuleBroken as problem:
            raise ActBroken(problem, number) from problem
    if sum(isinstance(each, Move | Stretch) for each in found) > MOST_DATED:
        text = "At most %(most)s acts of a batch can move or stretch; move several tasks by one act with their numbers."
        raise ActBroken(RuleBroken("acts.many_dates", text, field="acts", most=MOST_DATED), None)
    return found


def read_act(sent: object) -> Act:
    """One act. Raises RuleBroken saying what would be right."""
    known = ", ".join(_READERS)
    if not isinstance(sent, dict):
        raise RuleBroken("act.form", "An act is an object with its name in “act”: one of %(known)s.", known=known)
    reader = _READERS.get(name) if isinstance(name := sent.get("act"), str) else None
    if reader is None:
        text = "There is no act “%(act)s”. Use one of %(known)s."
        raise RuleBroken("act.unknown", text, field="act", act=_short(sent.get("act")), known=known)
    return reader(sent)


def _move(sent: Mapping[str, Any]) -> Move:
    return Move(_ids(sent), _shift(sent, "start"), actual=sent.get("actual") is True)


def _stretch(sent: Mapping[str, Any]) -> Stretch:
    id = _id(sent, "id")
    if sent.get("duration_minutes") is not None:
        return Stretch(id, Shift(), _whole(sent, "duration_minutes", 0, fields.LONGEST))
    if sent.get("duration") is not None:
        return Stretch(id, Shift(), fields.parse_duration(text_of(sent["duration"], "duration")))
    return Stretch(id, _shift(sent, "finish"))


def _link(sent: Mapping[str, Any]) -> Connect:
    kind, lag = _type(sent) or LinkType.FS, text_of(sent.get("lag") or "", "lag").strip()
    signed = lag if lag[:1] in ("+", "-") or not lag else f"+{lag}"
    try:
        ties = links.parse_predecessors(f"1{kind}{signed}")
    except RuleBroken:
        ties = []
    if len(ties) != 1:
        text = "“%(lag)s” is no lag. Write a number and m, h, d or w, for example 2d or -4h."
        raise RuleBroken("link.lag", text, field="lag", lag=lag[:40])
    return Connect(_id(sent, "from"), _id(sent, "to"), ties[0])


def _unlink(sent: Mapping[str, Any]) -> Disconnect:
    return Disconnect(_id(sent, "from"), _id(sent, "to"), _type(sent))


def _place(sent: Mapping[str, Any]) -> Place:
    return Place(_ids(sent), _optional(sent, "parent"), _position(sent))


def _add(sent: Mapping[str, Any]) -> Add:
    values = {"name": fields.parse("name", text_of(sent.get("name") or "", "name"))}
    if sent.get("type") is not None:
        values["type"] = fields.parse("type", text_of(sent["type"], "type"))
    if sent.get("duration") not in (None, ""):
        values["duration_minutes"] = fields.parse("duration_minutes", text_of(sent["duration"], "duration"))
    fields.check(fields.Draft(**{"type": "task", **values}))
    return Add(values, _optional(sent, "parent"), _position(sent), _optional(sent, "after"))


def _set(sent: Mapping[str, Any]) -> Set:
    values, base = sent.get("values"), sent.get("base")
    if not isinstance(values, dict) or not values:
        raise RuleBroken("act.values", "Name the fields to change and their values in “values”.", field="values")
    if base is not None and not isinstance(base, dict):
        raise RuleBroken("act.base", "“base” names fields and what they held.", field="base")
    read = {name: value_of(name, value) for name, value in values.items()}
    return Set(_id(sent, "id"), read, {name: value_of(name, value) for name, value in (base or {}).items()})


def value_of(name: str, value: Any) -> Any:
    """The value of a field, typed or as JSON has it. Raises RuleBroken naming the field.

    >>> value_of("duration_minutes", "2d"), value_of("duration_minutes", 960), value_of("owner_id", None)
    (960, 960, None)
    """
    if name == "predecessors":
        return text_of(value, name)
    if value is None:
        return fields.parse(name, "")
    if isinstance(value, int) and not isinstance(value, bool) and name in _NUMBERS:
        return within(name, value, -LARGEST, LARGEST)
    return fields.parse(name, text_of(value, name))


def within(name: str, value: int, least: int, most: int) -> int:
    """A number inside its limits. Raises RuleBroken."""
    if not least <= value <= most:
        text = "“%(name)s” lies between %(least)s and %(most)s."
        raise RuleBroken("act.range", text, field=name, name=name, least=f"{least:,}", most=f"{most:,}")
    return value


def text_of(value: object, name: str) -> str:
    """A text that can be kept. Raises RuleBroken for anything else, and for half a sign."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = f"{value:g}" if isinstance(value, float) else str(value)
    if not isinstance(value, str) or "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise RuleBroken("act.text", "“%(name)s” has to be a text.", field=name[:40], name=name[:40])
    return value


_NUMBERS = frozenset(
    {"duration_minutes", "estimate_low", "estimate_likely", "estimate_high", "percent_complete", "owner_id", "role_id"}
)
_READERS: Mapping[str, Callable[[Mapping[str, Any]], Act]] = {
    "move": _move,
    "stretch": _stretch,
    "link": _link,
    "unlink": _unlink,
    "place": _place,
    "indent": lambda sent: Indent(_ids(sent)),
    "outdent": lambda sent: Indent(_ids(sent), out=True),
    "delete": lambda sent: Delete(_ids(sent)),
    "add": _add,
    "set": _set,
}


def _shift(sent: Mapping[str, Any], name: str) -> Shift:
    if sent.get("days") is not None:
        return Shift(days=_whole(sent, "days", -MOST_DAYS, MOST_DAYS))
    if sent.get("minutes") is not None:
        return Shift(minutes=_whole(sent, "minutes", -fields.LONGEST, fields.LONGEST))
    moment = fields.parse_instant(text_of(sent.get(name) or "", name))
    if moment is None:
        text = "Say where to with “%(name)s”, “days” or “minutes”."
        raise RuleBroken("act.where", text, field=name, name=name)
    if not fields.EARLIEST <= moment.date() <= fields.LATEST:
        text = "%(day)s is out of range. Dates lie between 1990 and 2199."
        raise RuleBroken("task.date_range", text, field=name, day=moment.date().isoformat())
    return Shift(moment)


def _type(sent: Mapping[str, Any]) -> LinkType | None:
    kind = sent.get("type")
    if kind is None:
        return None
    if not isinstance(kind, str) or kind.upper() not in set(LinkType):
        text = "“%(type)s” is no kind of link. Use FS, SS, FF or SF."
        raise RuleBroken("link.type", text, field="type", type=_short(kind))
    return LinkType(kind.upper())


def _ids(sent: Mapping[str, Any]) -> tuple[int, ...]:
    ids: Any = sent.get("ids", [sent["id"]] if "id" in sent else None)
    if not isinstance(ids, list) or not ids:
        raise RuleBroken("act.ids", "Name the tasks by their numbers in “ids”.", field="ids")
    if len(ids) > MOST_IDS:
        text = "%(count)s tasks are too many at once; take at most %(most)s."
        raise RuleBroken("act.many_ids", text, field="ids", count=len(ids), most=MOST_IDS)
    return tuple(dict.fromkeys(_number(each, "ids") for each in ids))


def _id(sent: Mapping[str, Any], name: str) -> int:
    return _number(sent.get(name), name)


def _optional(sent: Mapping[str, Any], name: str) -> int | None:
    return None if sent.get(name) is None else _number(sent[name], name)


def _number(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -MOST_ACTS <= value <= LARGEST or value == 0:
        text = "“%(value)s” is no number of a task."
        raise RuleBroken("act.id", text, field=name, value=_short(value))
    return value


def _position(sent: Mapping[str, Any]) -> int | None:
    return None if sent.get("position") is None else _whole(sent, "position", 0, LARGEST)


def _whole(sent: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = sent.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        text = "“%(value)s” is no whole number."
        raise RuleBroken("act.number", text, field=name, value=_short(value))
    return within(name, value, least, most)


def _short(value: object) -> str:
    return str(value)[:40] if isinstance(value, str | int | float) else type(value).__name__


def ids_of(act: Act) -> Sequence[int]:
    """Every row that an act names."""
    if isinstance(act, Move | Indent | Delete):
        return act.ids
    if isinstance(act, Place):
        return (*act.ids, *(() if act.parent is None else (act.parent,)))
    if isinstance(act, Connect | Disconnect):
        return (act.source, act.target)
    if isinstance(act, Add):
        return tuple(each for each in (act.parent, act.after) if each is not None)
    return (act.id,)
