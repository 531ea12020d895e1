"""What the details of each kind mean in words: short phrases, most important first.

A phrase is an English text with its parameters apart, so that whoever shows it translates it first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Details = Mapping[str, Any]
_COMPARED = {">=": "at least", "<=": "at most", "=": "exactly", ">": "more than", "<": "less than"}
_PER = {"week": "each week", "month": "each month", "quarter": "each quarter"}
_PROMISES = (("response_hours", "answer within %(hours)s h"), ("resolution_hours", "solved within %(hours)s h"))
_HOURS = {"calendar": "around the clock", "business": "in working hours"}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text with places for its parameters; ``line``: long enough to stand on a line of its own."""

    text: str
    params: Details = field(default_factory=dict)
    line: bool = False

    def __str__(self) -> str:
        """The English words."""
        return self.text % self.params if self.params else self.text


def in_words(kind: str, details: Details) -> tuple[Phrase, ...]:
    """What an element's details say; a detail that is missing is left out.

    >>> [str(each) for each in in_words("agenda", {"minutes": 25})]
    ['25 min']
    >>> [str(each) for each in in_words("kpi", {"comparator": ">=", "target": 80.0, "unit": "%", "per": "week"})]
    ['at least 80 %', 'each week']
    """
    said = _SAID.get(kind)
    return tuple(said(details)) if said else ()


def _agenda(details: Details) -> Iterator[Phrase]:
    if details.get("minutes"):
        yield Phrase("%(minutes)s min", {"minutes": details["minutes"]})


def _communication(details: Details) -> Iterator[Phrase]:
    yield from _plain(details, "audience", "To %(audience)s")
    yield from _plain(details, "channel", "by %(channel)s")


def _training(details: Details) -> Iterator[Phrase]:
    yield from _plain(details, "audience", "For %(audience)s")
    yield from _plain(details, "format", "%(format)s")


def _automation(details: Details) -> Iterator[Phrase]:
    yield from _line(details, "trigger", "When: %(trigger)s")
    yield from _joined(details, "conditions", "If: %(conditions)s")
    yield from _joined(details, "actions", "Then: %(actions)s")


def _report(details: Details) -> Iterator[Phrase]:
    yield from _plain(details, "audience", "For %(audience)s")
    yield from _joined(details, "figures", "Shows %(figures)s")


def _scope(details: Details) -> Iterator[Phrase]:
    yield Phrase("in scope" if details.get("inside") else "out of scope")


def _objective(details: Details) -> Iterator[Phrase]:
    if details.get("change_percent") is not None:
        change = details["change_percent"]
        yield Phrase("%(change)s %%", {"change": f"{change:+g}"})
    if details.get("due_months"):
        yield Phrase("within %(months)s months", {"months": details["due_months"]})
    yield from _line(details, "baseline", "Compared with: %(baseline)s")


def _metric(details: Details) -> Iterator[Phrase]:
    yield from _plain(details, "frequency", "%(frequency)s")
    yield from _plain(details, "unit", "in %(unit)s")


def _kpi(details: Details) -> Iterator[Phrase]:
    if details.get("target") is None:
        yield Phrase("watched, without a target")
    else:
        yield _compared(details, details["target"])
    if details.get("per") in _PER:
        yield Phrase(_PER[details["per"]])


def _sla(details: Details) -> Iterator[Phrase]:
    for key, text in (
        ("response_hours", "answer within %(hours)s h"),
        ("resolution_hours", "solved within %(hours)s h"),
    ):
        if details.get(key) is not None:
            yield Phrase(text, {"hours": f"{details[key]:g}"})
    if details.get("hours") in _HOURS:
        yield Phrase(_HOURS[details["hours"]])


def _compared(details: Details, value: float) -> Phrase:
    """A comparison in words: "at least 80 %", "none", "yes"."""
    unit = str(details.get("unit") or "")
    if unit == "yes/no":
        return Phrase("yes" if value else "no")
    compared = str(details.get("comparator") or ">=")
    if value == 0 and compared in ("<=", "="):
        return Phrase("none")
    params = {"value": f"{value:g}", "unit": unit}
    return Phrase(f"{_COMPARED.get(compared, compared)} %(value)s %(unit)s".strip(), params)


def _plain(details: Details, key: str, text: str) -> Iterator[Phrase]:
    if details.get(key):
        yield Phrase(text, {key: details[key]})


def _line(details: Details, key: str, text: str) -> Iterator[Phrase]:
    if details.get(key):
        yield Phrase(text, {key: details[key]}, line=True)


def _joined(details: Details, key: str, text: str) -> Iterator[Phrase]:
    if details.get(key):
        yield Phrase(text, {key: ", ".join(str(each) for each in details[key])}, line=True)


_SAID: dict[str, Callable[[Details], Iterator[Phrase]]] = {
    "agenda": _agenda,
    "communication": _communication,
    "training": _training,
    "automation": _automation,
    "report": _report,
    "scope": _scope,
    "objective": _objective,
    "metric": _metric,
    "kpi": _kpi,
    "sla": _sla,
}
