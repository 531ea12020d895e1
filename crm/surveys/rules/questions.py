"""The kinds of questions, and what counts as an answer to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kernel.errors import RuleBroken


class Kind(StrEnum):
    """How a question is answered."""

    CSAT = "csat"
    NPS = "nps"
    SCALE = "scale"
    CHOICE = "choice"
    MULTI = "multi"
    OPEN = "open"


LABELS: Mapping[Kind, str] = {
    Kind.CSAT: "Satisfaction, 1 to 5 (CSAT)",
    Kind.NPS: "Would recommend, 0 to 10 (NPS)",
    Kind.SCALE: "A scale",
    Kind.CHOICE: "One of several",
    Kind.MULTI: "Several of several",
    Kind.OPEN: "In own words",
}
NUMBERED = frozenset({Kind.CSAT, Kind.NPS, Kind.SCALE})
CHOSEN = frozenset({Kind.CHOICE, Kind.MULTI})
CSAT_WORDS = ("Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied")
TEXT, CHOICE, END = 300, 120, 60
"""How long a question, a choice and the word at the end of a scale may be."""
ANSWER = 5000
"""How long an answer in own words may be."""
FEWEST, MOST_CHOICES, MOST_QUESTIONS = 2, 20, 40
POINTS = (3, 4, 5, 6, 7, 10)
"""How many points a scale may have."""


@dataclass(frozen=True, slots=True)
class QuestionData:
    """A question as somebody wrote it."""

    kind: Kind
    text: str
    needed: bool = True
    choices: tuple[str, ...] = ()
    points: int = 5
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is there."""

    id: int
    kind: Kind
    text: str
    needed: bool
    choices: tuple[str, ...]
    points: int
    low: str
    high: str

    @property
    def numbers(self) -> range:
        """The numbers that may be given."""
        return numbers_of(self.kind, self.points)


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody answered: places of choices or one number, or a text."""

    values: tuple[int, ...] = ()
    text: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was answered."""
        return not self.values and not self.text


def numbers_of(kind: Kind, points: int) -> range:
    """The numbers of a question: 1 to 5 for satisfaction, 0 to 10 for recommending, 1 to its points for a scale.

    >>> numbers_of(Kind.NPS, 5), numbers_of(Kind.SCALE, 7)
    (range(0, 11), range(1, 8))
    """
    if kind is Kind.NPS:
        return range(11)
    return range(1, (5 if kind is Kind.CSAT else points) + 1)


def check_question(data: QuestionData) -> QuestionData:
    """A question that can be asked, its texts trimmed. Raises RuleBroken."""
    text = " ".join(data.text.split())
    if not text:
        raise RuleBroken("surveys.question", "Write the question.", field="text")
    choices = tuple(dict.fromkeys(" ".join(each.split()) for each in data.choices if each.strip()))
    chosen = data.kind in CHOSEN
    if chosen and not FEWEST <= len(choices) <= MOST_CHOICES:
        raise RuleBroken(
            "surveys.choices",
            "Write %(fewest)d to %(most)d different answers, one a line.",
            field="choices",
            fewest=FEWEST,
            most=MOST_CHOICES,
        )
    low, high = data.low.strip(), data.high.strip()
    longest = max((len(each) for each in choices), default=0)
    for field, length, most in (
        ("text", len(text), TEXT),
        ("choices", longest if chosen else 0, CHOICE),
        ("low", len(low), END),
        ("high", len(high), END),
    ):
        if length > most:
            raise RuleBroken("surveys.long", "At most %(most)d characters fit.", field=field, most=most)
    if data.kind is Kind.SCALE and data.points not in POINTS:
        raise RuleBroken("surveys.points", "Choose 3, 4, 5, 6, 7 or 10 points.", field="points")
    ends = (low, high) if data.kind in (Kind.SCALE, Kind.NPS) else ("", "")
    return QuestionData(
        data.kind, text, data.needed, choices if chosen else (), data.points if data.kind is Kind.SCALE else 5, *ends
    )


def read_answer(question: Question, typed: Sequence[str]) -> Given:
    """What was sent as an answer to a question. Raises RuleBroken, with the question as the field.

    >>> read_answer(Question(3, Kind.CSAT, "How was it?", True, (), 5, "", ""), ["4"])
    Given(values=(4,), text='')
    """
    sent = [each.strip() for each in typed if each.strip()]
    field = f"q{question.id}"
    if not sent:
        if question.needed:
            raise RuleBroken("surveys.needed", "This question needs an answer.", field=field)
        return Given()
    if question.kind is Kind.OPEN:
        if len(sent[0]) > ANSWER:
            raise RuleBroken("surveys.long", "At most %(most)d characters fit.", field=field, most=ANSWER)
        return Given(text=sent[0].replace("\r\n", "\n").replace("\0", ""))
    allowed = range(len(question.choices)) if question.kind in CHOSEN else question.numbers
    values = tuple(dict.fromkeys(_number(each) for each in sent))
    if (len(values) > 1 and question.kind is not Kind.MULTI) or not all(each in allowed for each in values):
        raise RuleBroken("surveys.none_of_them", "Choose one of the answers that are offered.", field=field)
    return Given(tuple(sorted(values)))


def read_answers(questions: Sequence[Question], sent: Mapping[str, Sequence[str]]) -> dict[int, Given]:
    """All answers of a form, by question. Raises Incomplete with every question that needs another answer."""
    found, wrong = dict[int, Given](), dict[int, RuleBroken]()
    for each in questions:
        try:
            found[each.id] = read_answer(each, sent.get(f"q{each.id}", ()))
        except RuleBroken as problem:
            wrong[each.id] = problem
    if wrong:
        raise Incomplete(wrong)
    if all(each.empty for each in found.values()):
        raise RuleBroken("surveys.empty", "Answer at least one question.")
    return found


class Incomplete(RuleBroken):
    """Some questions need another answer; ``problems`` are theirs by the number of the question."""

    def __init__(self, problems: Mapping[int, RuleBroken]) -> None:
        """Keep what is wrong with each."""
        super().__init__("surveys.incomplete", "Some questions need an answer.")
        self.problems = problems


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1  # three digits
