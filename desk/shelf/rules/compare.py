"""What changed from one version of a template to the next, element by element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.template.rules import Element


@dataclass(frozen=True, slots=True)
class Change:
    """An element that came, went, or reads differently; ``fields`` names what differs."""

    kind: str
    key: str
    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Differences:
    """What the newer version has that the older had not, the other way round, and what both have differently."""

    added: tuple[Change, ...]
    removed: tuple[Change, ...]
    changed: tuple[Change, ...]

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.added) + len(self.removed) + len(self.changed)


def differences(older: Sequence[Element], newer: Sequence[Element]) -> Differences:
    """Compare two versions by kind and key."""
    before = {(each.kind, each.key): each for each in older}
    after = {(each.kind, each.key): each for each in newer}
    return Differences(
        tuple(_change(each) for place, each in after.items() if place not in before),
        tuple(_change(each) for place, each in before.items() if place not in after),
        tuple(
            Change(each.kind, each.key, each.name, fields)
            for place, each in after.items()
            if place in before and (fields := _fields(before[place], each))
        ),
    )


def _change(each: Element) -> Change:
    return Change(each.kind, each.key, each.name)


def _fields(one: Element, other: Element) -> tuple[str, ...]:
    plain = [name for name in ("name", "description", "phase", "parent") if getattr(one, name) != getattr(other, name)]
    keys = dict.fromkeys([*one.details, *other.details])
    return (*plain, *(key for key in keys if one.details.get(key) != other.details.get(key)))
