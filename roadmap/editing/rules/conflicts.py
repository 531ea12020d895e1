"""Where an act and what somebody else did meanwhile meet: field by field, and rows that are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kernel.errors import RuleBroken
from roadmap.editing.rules import acts
from roadmap.editing.rules.acts import Act, Connect, Delete, Disconnect, Indent, Move, Place, Set, Stretch

START = frozenset({"constraint_type", "constraint_date", "manual_start", "manual_finish", "actual_start"})
"""The fields by which a task is moved."""
QUIET = frozenset({"position", "type", "delay_minutes"})
"""Fields that change because something else did."""
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Claim:
    """A field of a row that an act is about; ``yours`` is the value that it gets, as far as the act says so."""

    act: int
    id: int
    field: str
    yours: Any = None
    base: Any = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What others did to a row since: old and new value by field; ``who`` did so last; gone for good or not."""

    fields: Mapping[str, Sequence[Any]]
    who: str
    gone: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A claim, and what somebody else made of the same meanwhile."""

    claim: Claim
    theirs: Elsewhere
    changed: tuple[str, ...]

    @property
    def may(self) -> tuple[str, ...]:
        """What the person can choose: a row that is gone can't be had."""
        return (THEIRS,) if self.theirs.gone else (MINE, THEIRS)


Choices = Mapping[tuple[int, str], str]


def read_choices(sent: object) -> dict[tuple[int, str], str]:
    """What a person chose of conflicts, by row and field. Raises RuleBroken."""
    if sent is None:
        return {}
    if not isinstance(sent, list) or not all(isinstance(each, dict) for each in sent):
        raise RuleBroken("choices.form", "“choices” is a list of id, field and keep.", field="choices")
    found = {}
    for each in sent:
        id, field, keep = each.get("id"), each.get("field"), each.get("keep")
        if not isinstance(id, int) or not isinstance(field, str) or keep not in (MINE, THEIRS):
            text = "A choice names a task in “id”, a “field”, and “mine” or “theirs” in “keep”."
            raise RuleBroken("choices.form", text, field="choices")
        found[id, field] = keep
    return found


def meetings(wanted: Sequence[Act], elsewhere: Mapping[int, Elsewhere], chosen: Choices) -> list[Meeting]:
    """Where acts meet what others did, without what the person chose already."""
    found = []
    for number, act in enumerate(wanted):
        for claim in _claims(number, act):
            theirs = elsewhere.get(claim.id)
            changed = _met(claim, theirs) if theirs else ()
            if theirs and (changed or theirs.gone):
                meeting = Meeting(replace(claim, field="row") if theirs.gone else claim, theirs, changed)
                if chosen.get((claim.id, meeting.claim.field)) not in meeting.may:
                    found.append(meeting)
    return list({(each.claim.id, each.claim.field): each for each in reversed(found)}.values())[::-1]


def _met(claim: Claim, theirs: Elsewhere) -> tuple[str, ...]:
    changed = theirs.fields.keys()
    if claim.field == "row":
        return tuple(sorted(changed - QUIET))
    if claim.field == "start":
        return tuple(sorted(changed & START))
    if claim.field == "place":
        return ("parent_id",) if "parent_id" in changed else ()
    return (claim.field,) if claim.field in changed and not _agreed(claim, theirs) else ()


def _agreed(claim: Claim, theirs: Elsewhere) -> bool:
    """Both want the same, or the person saw theirs already."""
    there = theirs.fields[claim.field][1]
    return (claim.yours is not None and plain(claim.yours) == there) or (
        claim.base is not None and plain(claim.base) == there
    )


def plain(value: Any) -> Any:
    """A value as the trail holds it."""
    return value.isoformat() if isinstance(value, date) else value


def _claims(number: int, act: Act) -> list[Claim]:
    """What an act is about: fields of the rows that it changes, and that those it names are there."""
    there = [Claim(number, id, "there") for id in acts.ids_of(act)]
    return [*_fields(number, act), *there]


def _fields(number: int, act: Act) -> list[Claim]:
    if isinstance(act, Set):
        return [Claim(number, act.id, name, value, act.base.get(name)) for name, value in act.values.items()]
    if isinstance(act, Stretch):
        return [Claim(number, act.id, "duration_minutes", act.duration_minutes)]
    if isinstance(act, Connect | Disconnect):
        return [Claim(number, act.target, f"link {act.source}")]
    if isinstance(act, Move | Place | Indent | Delete):
        field, yours = _NAMES[type(act)], act.to.moment if isinstance(act, Move) else None
        return [Claim(number, id, field, yours) for id in act.ids]
    return []


_NAMES: Mapping[type, str] = {Move: "start", Place: "place", Indent: "place", Delete: "row"}
"""What an act changes of each of its rows."""


def settled(wanted: Sequence[Act], chosen: Choices) -> list[Act | None]:
    """The acts without what the person left to others; None where nothing is left of one."""
    left: dict[int, set[str]] = {}
    for (id, field), keep in chosen.items():
        if keep == THEIRS:
            left.setdefault(id, set()).add(field)
    return [_without(act, left) for act in wanted] if left else list(wanted)


def _without(act: Act, left: Mapping[int, set[str]]) -> Act | None:
    def gone(id: int, field: str) -> bool:
        return bool({field, "row"} & left.get(id, set()))

    if isinstance(act, Move | Place | Indent | Delete):
        kept = tuple(id for id in act.ids if not gone(id, _NAMES[type(act)]))
        if isinstance(act, Place) and act.parent is not None and gone(act.parent, "row"):
            return None
        return replace(act, ids=kept) if kept else None
    if isinstance(act, Set):
        values = {name: value for name, value in act.values.items() if not gone(act.id, name)}
        return replace(act, values=values) if values else None
    if isinstance(act, Connect | Disconnect):
        return None if gone(act.target, f"link {act.source}") or gone(act.source, "row") else act
    if isinstance(act, Stretch):
        return None if gone(act.id, "duration_minutes") else act
    return None if any(gone(id, "row") for id in acts.ids_of(act)) else act
