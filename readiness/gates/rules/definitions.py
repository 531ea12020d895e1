"""What is asked at a gate: criteria, and how much must be known and reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kernel.errors import RuleBroken


class Category(StrEnum):
    """What a criterion is about, in the order in which pages show them."""

    DATA = "data"
    CONFIGURATION = "configuration"
    PEOPLE = "people"
    PROCESS = "process"
    TECHNOLOGY = "technology"
    SUPPORT = "support"
    BUSINESS = "business"


class Comparator(StrEnum):
    """How a value is held against its threshold."""

    AT_LEAST = ">="
    AT_MOST = "<="
    EQUAL = "="


YES_NO = "yes/no"
"""The unit of what is either so or not: 1 is yes."""
PERCENT = "%"
MINIMUM_SCORE, MINIMUM_CONFIDENCE = 85.0, 80.0
"""What a gate asks for unless it says otherwise: of 100, and percent of the weight known."""
GO_LIVE = "go-live"
"""The key of the gate that decides between go and no-go."""
STATEMENT_LIMIT, TEXT_LIMIT = 300, 4000
MOST_WEIGHT, MOST_EFFORT = 100.0, 1000.0


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is asked. ``threshold`` and ``margin`` are in ``unit``; ``effort_days`` are person-days.

    ``subject`` says what its source looks at, such as the key of a checklist or of a KPI. ``owner_id`` is the person
    who decides about it, ``window_days`` the stretch that its value covers where the source knows one, and
    ``freshness_days`` the age past which evidence says nothing any more (None: never).
    """

    id: int
    gate_id: int
    key: str
    statement: str
    category: Category
    source: str
    subject: str = ""
    comparator: Comparator = Comparator.AT_LEAST
    threshold: float = 1.0
    unit: str = YES_NO
    weight: float = 1.0
    must_have: bool = False
    margin: float = 0.0
    window_days: int | None = None
    minimum_sample: int = 0
    freshness_days: int | None = None
    effort_days: float = 1.0
    never_waivable: bool = False
    role_id: int | None = None
    role: str = ""
    owner_id: int | None = None
    owner: str = ""
    help: str = ""
    workaround: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate with what it asks. ``minimum_score`` is of 100, ``minimum_confidence`` percent of the weight."""

    id: int
    project_id: int
    key: str
    name: str
    description: str = ""
    phase_id: int | None = None
    phase_number: int | None = None
    milestone_id: int | None = None
    minimum_score: float = MINIMUM_SCORE
    minimum_confidence: float = MINIMUM_CONFIDENCE
    criteria: tuple[Criterion, ...] = ()


def check_number(name: str, value: float | None, least: float, most: float, label: str) -> float:
    """A number within its limits. Raises RuleBroken.

    >>> check_number("weight", 3, 0, 100, "The weight")
    3.0
    """
    if value is None or value != value or not least <= value <= most:  # noqa: PLR0124  # NaN is no number
        raise RuleBroken(
            "gates.number",
            "%(label)s is a number from %(least)s to %(most)s.",
            field=name,
            label=label,
            least=f"{least:g}",
            most=f"{most:g}",
        )
    return float(value)


def check_text(name: str, value: str, limit: int, label: str, *, needed: bool = False) -> str:
    """A text without its outer spaces. Raises RuleBroken where it is missing or too long."""
    said = value.strip()
    if needed and not said:
        raise RuleBroken("gates.needed", "%(label)s is needed.", field=name, label=label)
    if len(said) > limit:
        raise RuleBroken(
            "gates.too_long",
            "%(label)s has %(length)s characters; at most %(limit)s fit.",
            field=name,
            label=label,
            length=len(said),
            limit=limit,
        )
    return said
