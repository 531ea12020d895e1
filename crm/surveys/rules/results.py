"""What answers add up to: shares, means, CSAT and NPS, each with the number of answers behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm.surveys.rules.questions import CHOSEN, Kind, Question

SATISFIED_FROM = 4
PROMOTER_FROM, DETRACTOR_TO = 9, 6
CSAT_RULE = "Answers of 4 or 5, of all answers, in percent."
NPS_RULE = "Percent of 9 and 10 less percent of 0 to 6: a number from -100 to 100, not a percentage."
MEAN_RULE = "The mean of all answers."
SHARE_RULE = "Who chose it, of all who answered the question, in percent."


@dataclass(frozen=True, slots=True)
class Scores:
    """How often each number was given to questions of one kind."""

    counts: Mapping[int, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """How many answers there are."""
        return sum(self.counts.values())

    @property
    def satisfied(self) -> int:
        """How many answered 4 or 5."""
        return sum(count for value, count in self.counts.items() if value >= SATISFIED_FROM)

    @property
    def promoters(self) -> int:
        """How many answered 9 or 10."""
        return sum(count for value, count in self.counts.items() if value >= PROMOTER_FROM)

    @property
    def detractors(self) -> int:
        """How many answered 0 to 6."""
        return sum(count for value, count in self.counts.items() if value <= DETRACTOR_TO)

    @property
    def csat(self) -> float | None:
        """Answers of 4 or 5 / answers, in percent; None without answers.

        >>> scores([5, 5, 4, 4, 3, 2, 5, 1, 4, 4]).csat
        70.0
        """
        return 100 * self.satisfied / self.n if self.n else None

    @property
    def nps(self) -> float | None:
        """Percent of 9 and 10 less percent of 0 to 6; None without answers.

        >>> scores([10, 10, 9, 9, 8, 7, 7, 6, 3, 0]).nps
        10.0
        """
        return 100 * (self.promoters - self.detractors) / self.n if self.n else None

    @property
    def mean(self) -> float | None:
        """The mean answer; None without answers."""
        return sum(value * count for value, count in self.counts.items()) / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class Bar:
    """One possible answer: how many gave it, and their share of those who answered, in percent."""

    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a question. ``n`` people answered it; ``value`` is None where nobody did, or it has no figure."""

    question: Question
    n: int
    value: float | None = None
    rule: str = ""
    bars: tuple[Bar, ...] = ()
    comments: tuple[str, ...] = ()


def scores(values: Sequence[int]) -> Scores:
    """Answers one by one, counted."""
    return Scores({each: values.count(each) for each in sorted(set(values))})


def summary(question: Question, n: int, counts: Mapping[int, int], comments: Sequence[str] = ()) -> Summary:
    """What a question's answers add up to; ``counts`` by number or place of the choice, ``n`` those who answered."""
    if question.kind is Kind.OPEN:
        return Summary(question, n, comments=tuple(comments))
    labels = question.choices if question.kind in CHOSEN else tuple(str(each) for each in question.numbers)
    places = range(len(labels)) if question.kind in CHOSEN else question.numbers
    bars = tuple(
        Bar(label, counts.get(place, 0), 100 * counts.get(place, 0) / n if n else 0.0)
        for place, label in zip(places, labels, strict=True)
    )
    value, rule = figure_of(question.kind, Scores(counts))
    return Summary(question, n, value, rule, bars)


def figure_of(kind: Kind | None, found: Scores) -> tuple[float | None, str]:
    """The figure of a kind of question, and its rule; None where there is no answer or no figure."""
    if kind is Kind.CSAT:
        return found.csat, CSAT_RULE
    if kind is Kind.NPS:
        return found.nps, NPS_RULE
    if kind is Kind.SCALE:
        return found.mean, MEAN_RULE
    return None, SHARE_RULE
