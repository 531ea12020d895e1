"""The map of objects, laid out from the catalogue's fields, and the map of processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm.objects.rules.catalogue import OBJECTS, Module
from crm.objects.rules.fields import Kind

WIDE, HIGH = 168, 64
WIDTH, HEIGHT = 760, 592
PLACED: Mapping[str, tuple[int, int]] = {
    "campaign": (24, 24),
    "lead": (296, 24),
    "product": (568, 24),
    "account": (24, 248),
    "opportunity": (568, 248),
    "contact": (296, 248),
    "activity": (296, 472),
    "ticket": (24, 472),
}
"""Where each object stands, its left upper corner: what is won above, whom one knows below, what is done last."""
LABEL_AT: Mapping[tuple[str, str], float] = {
    ("lead", "contact"): 0.58,
    ("lead", "opportunity"): 0.3,
    ("opportunity", "lead"): 0.3,
    ("opportunity", "campaign"): 0.28,
    ("activity", "campaign"): 0.4,
    ("activity", "lead"): 0.25,
}
"""How far along its line a label stands where the middle is taken; 0 is the beginning."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Fields with which records of one object point to another."""

    source: str
    target: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A relation as it is drawn."""

    relation: Relation
    path: str
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a process: what happens, to which object, in which state or stage, and what comes out."""

    label: str
    object: str
    state: str
    result: str


@dataclass(frozen=True, slots=True)
class Process:
    """A way through the CRM, from a trigger to a result."""

    key: str
    label: str
    module: Module
    steps: tuple[Step, ...]


PROCESSES: tuple[Process, ...] = (
    Process(
        "lead",
        "Lead to customer",
        Module.SALES,
        (
            Step("Somebody shows interest", "lead", "new", "A lead with a source"),
            Step("Marketing finds them fit", "lead", "mql", "Marketing qualified at"),
            Step("Sales takes them over", "lead", "sql", "Sales qualified at"),
            Step("The lead is converted", "account", "prospect", "Account, contact and opportunity"),
            Step("The deal goes through its stages", "opportunity", "open", "Stage history, likely amount"),
            Step("The deal is won", "opportunity", "won", "Amount and day; the account is a customer"),
        ),
    ),
    Process(
        "campaign",
        "Campaign to revenue",
        Module.MARKETING,
        (
            Step("A campaign is planned", "campaign", "planned", "Budget and audience"),
            Step("It runs", "campaign", "running", "Reach, clicks and cost"),
            Step("Leads answer", "lead", "new", "Leads with this campaign"),
            Step("Deals come of them", "opportunity", "open", "Opportunities with this campaign"),
            Step("Deals are won", "opportunity", "won", "Attributed revenue"),
        ),
    ),
    Process(
        "question",
        "Question to answer",
        Module.SERVICE,
        (
            Step("A contact asks", "ticket", "new", "A ticket in a queue, with its clocks"),
            Step("Somebody says how urgent it is", "ticket", "triaged", "Severity, impact, priority"),
            Step("Somebody looks into it", "ticket", "in-progress", "Agent, answers, workaround"),
            Step("The contact has an answer", "ticket", "resolved", "What solved it, root cause"),
            Step("They say that it is solved", "ticket", "verified", "Verified at"),
            Step("It is closed", "ticket", "closed", "Satisfaction, lessons learned"),
        ),
    ),
)
"""The ways of business that the objects carry."""


def relations() -> list[Relation]:
    """Every pair of objects that fields connect, from the catalogue; pointing to itself counts too."""
    found: dict[tuple[str, str], list[str]] = {}
    for subject in OBJECTS.values():
        for field in subject.fields:
            if field.kind is Kind.RECORD and field.target in OBJECTS:
                found.setdefault((subject.key, field.target), []).append(field.label)
    return [Relation(source, target, tuple(labels)) for (source, target), labels in found.items()]


def lines(shown: frozenset[str]) -> list[Line]:
    """The relations between shown objects as curves from edge to edge, each with the place of its label."""
    return [_line(each) for each in relations() if each.source in shown and each.target in shown]


def _line(relation: Relation) -> Line:
    if relation.source == relation.target:
        x, y = PLACED[relation.source]
        path = f"M{x + 24} {y + HIGH} v18 a8 8 0 0 0 8 8 h24 a8 8 0 0 0 8 -8 v-18"
        return Line(relation, path, x + 44, y + HIGH + 40)
    (x1, y1), (x2, y2) = _edge(relation.source, relation.target), _edge(relation.target, relation.source)
    bend = _bend(relation)
    mx, my = (x1 + x2) / 2 + bend[0], (y1 + y2) / 2 + bend[1]
    path = f"M{x1:.0f} {y1:.0f} Q{mx:.0f} {my:.0f} {x2:.0f} {y2:.0f}"
    at = LABEL_AT.get((relation.source, relation.target), 0.5)
    first, middle, last = (1 - at) ** 2, 2 * at * (1 - at), at**2
    return Line(relation, path, first * x1 + middle * mx + last * x2, first * y1 + middle * my + last * y2)


def _bend(relation: Relation) -> tuple[float, float]:
    """Two relations between the same objects part; the longer way around what lies between is to the outside."""
    back = Relation(relation.target, relation.source, ())
    twice = any((each.source, each.target) == (back.source, back.target) for each in relations())
    (x1, y1), (x2, y2) = PLACED[relation.source], PLACED[relation.target]
    if y1 == y2 and abs(x1 - x2) > WIDE * 2:
        return 0.0, 84.0
    if x1 == x2 and abs(y1 - y2) > HIGH * 5:
        return 236.0, 0.0
    if not twice:
        return 0.0, 0.0
    side = 1 if relation.source < relation.target else -1
    return (0.0, 26.0 * side) if y1 == y2 else (26.0 * side, 0.0)


def _edge(here: str, there: str) -> tuple[float, float]:
    """The point on the edge of a box that looks to the other one."""
    x, y = PLACED[here][0] + WIDE / 2, PLACED[here][1] + HIGH / 2
    dx, dy = PLACED[there][0] + WIDE / 2 - x, PLACED[there][1] + HIGH / 2 - y
    reach = min(WIDE / 2 / abs(dx) if dx else 9.0, HIGH / 2 / abs(dy) if dy else 9.0)
    return x + dx * reach, y + dy * reach
