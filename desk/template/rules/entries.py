"""The parts of a template. Offsets and durations are working days, efforts person-days, shares percent."""

from dataclasses import dataclass, field

from .places import Place


def days(text: str) -> float:
    """Working days of a written duration or lag: "1.5d" is 1.5."""
    return float(text.removesuffix("d"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Anything that was written down somewhere."""

    place: Place = field(default_factory=Place, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedEntry(Entry):
    """An entry that others can refer to."""

    key: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeksEntry(Entry):
    """From the first day of one week to the last of another, counted from the project's start."""

    from_: int
    to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecursEntry(Entry):
    """Daily, weekly or monthly between two weeks of the project."""

    every: str
    from_week: int
    to_week: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadEntry(KeyedEntry):
    """What the template is and which tasks open it, close it and go live; `days` are calendar days."""

    version: int
    days: int
    start: str
    closing: str
    go_live: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseEntry(KeyedEntry):
    """A phase and its week window."""

    number: int
    weeks: WeeksEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeEntry(Entry):
    """What is usual for a role, in percent of working time."""

    least: float
    most: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodEntry(Entry):
    """The share of a role in some weeks."""

    weeks: WeeksEntry
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEntry(KeyedEntry):
    """A role: its usual range, the most it is allocated, and how much when. A group's efforts are of each person."""

    range: RangeEntry
    allocation: float
    periods: tuple[PeriodEntry, ...]
    example: float | None = None
    group: bool = False
    people: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PredecessorEntry(Entry):
    """A dependency on another task, with a lag in working time."""

    task: str
    type: str = "FS"
    lag: str = "0d"

    @property
    def lag_days(self) -> float:
        """The lag in working days."""
        return days(self.lag)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEntry(KeyedEntry):
    """A task, or a milestone with acceptance criteria; the estimate is optimistic, likely, pessimistic."""

    phase: str
    reason: str
    role: str
    milestone: bool = False
    acceptance: tuple[str, ...] = ()
    duration: str = "0d"
    estimate: tuple[float, ...] = ()
    effort: float = 0.0
    predecessors: tuple[PredecessorEntry, ...] = ()
    group: str = ""

    @property
    def duration_days(self) -> float:
        """The duration in working days; 0 for a milestone."""
        return days(self.duration)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEntry(Entry):
    """One thing to tick; due so many working days after the anchor, which is the finish of a task or phase."""

    key: str
    name: str
    help: str
    role: str
    due_days: int
    required: bool
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionEntry(Entry):
    """A heading with its items."""

    key: str
    name: str
    items: tuple[ItemEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistEntry(KeyedEntry):
    """A checklist tied to a phase, task or milestone (`anchor`), and the milestone that its required items guard."""

    phase: str
    role: str
    anchor: str
    sections: tuple[SectionEntry, ...]
    guards: str = ""
    recurs: RecursEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskEntry(KeyedEntry):
    """A risk with probability and impact from 1 to 5, a trigger and a response."""

    phase: str
    probability: int
    impact: int
    owner: str
    trigger: str
    response: str
    action: str

    @property
    def score(self) -> int:
        """Probability times impact."""
        return self.probability * self.impact


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaEntry(KeyedEntry):
    """A point of an agenda."""

    minutes: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionEntry(Entry):
    """An action item that a meeting usually leaves, due so many working days after it."""

    key: str
    name: str
    role: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingEntry(KeyedEntry):
    """A meeting, held so many working days after its anchor."""

    phase: str
    anchor: str
    days: int
    role: str
    attendees: tuple[str, ...]
    goals: tuple[str, ...]
    outcomes: tuple[str, ...]
    agenda: tuple[AgendaEntry, ...]
    actions: tuple[ActionEntry, ...] = ()
    recurs: RecursEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationEntry(KeyedEntry):
    """A message to an audience through a channel, so many working days after its anchor."""

    stage: str
    phase: str
    audience: str
    channel: str
    anchor: str
    days: int
    owner: str
    recurs: RecursEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingEntry(KeyedEntry):
    """A delivery method or a course."""

    type: str
    phase: str
    audience: str
    format: str
    anchor: str
    days: int
    hours: float
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeEntry(KeyedEntry):
    """Something that is inside or outside the scope."""

    inside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveEntry(KeyedEntry):
    """A change in percent of a KPI against its baseline, due so many months after go-live."""

    measure: str
    baseline: str
    change_percent: float
    due_months: int
    owner: str
    variant_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricEntry(KeyedEntry):
    """A success metric and the KPI that gives its figure."""

    area: str
    kpi: str
    unit: str
    frequency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverableEntry(KeyedEntry):
    """A result and the task that produces it."""

    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomationEntry(KeyedEntry):
    """An automation to configure, in which task and by whom."""

    trigger: str
    conditions: tuple[str, ...]
    actions: tuple[str, ...]
    task: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEntry(KeyedEntry):
    """A report or dashboard to configure and the figures on it."""

    audience: str
    figures: tuple[str, ...]
    task: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiEntry(KeyedEntry):
    """A figure that is followed, and its target if it has one."""

    area: str
    measurement: str
    unit: str
    per: str
    minimum_n: int
    comparator: str = ""
    target: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaEntry(KeyedEntry):
    """Hours until response and resolution of one severity, by calendar or business hours."""

    response_hours: float
    resolution_hours: float
    hours: str
    pause_while_waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionEntry(Entry):
    """A statement that evidence decides; `subject` says which evidence of the source.

    `margin` is how near the threshold it passes in part, `window_days` the days that the value covers (0: the usual
    ones), `workaround` what to do while it is not met.
    """

    key: str
    statement: str
    help: str
    category: str
    source: str
    subject: str
    comparator: str
    threshold: float
    unit: str
    weight: int
    must_have: bool
    freshness_days: int
    minimum_sample: int
    effort_days: float
    owner: str
    margin: float = 0.0
    window_days: int = 0
    never_waivable: bool = False
    workaround: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateEntry(KeyedEntry):
    """A decision at a milestone, with the least score and confidence (percent) for a go."""

    phase: str
    milestone: str
    minimum_score: float
    minimum_confidence: float
    criteria: tuple[CriterionEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A whole template; field names are those of the sections in its files."""

    template: HeadEntry
    phases: tuple[PhaseEntry, ...]
    roles: tuple[RoleEntry, ...]
    tasks: tuple[TaskEntry, ...]
    checklists: tuple[ChecklistEntry, ...] = ()
    risks: tuple[RiskEntry, ...] = ()
    meetings: tuple[MeetingEntry, ...] = ()
    communication: tuple[CommunicationEntry, ...] = ()
    training: tuple[TrainingEntry, ...] = ()
    scope: tuple[ScopeEntry, ...] = ()
    objectives: tuple[ObjectiveEntry, ...] = ()
    metrics: tuple[MetricEntry, ...] = ()
    deliverables: tuple[DeliverableEntry, ...] = ()
    automations: tuple[AutomationEntry, ...] = ()
    reports: tuple[ReportEntry, ...] = ()
    kpis: tuple[KpiEntry, ...] = ()
    sla: tuple[SlaEntry, ...] = ()
    gates: tuple[GateEntry, ...] = ()

    def phase_number(self, key: str) -> int | None:
        """The number of a phase; None for a key that is not one."""
        return next((phase.number for phase in self.phases if phase.key == key), None)

    def task(self, key: str) -> TaskEntry:
        """The task or milestone with this key. Raises `KeyError`."""
        for task in self.tasks:
            if task.key == key:
                return task
        raise KeyError(key)
