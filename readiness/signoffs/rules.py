"""Whose word a gate asks for, when it is enough, and when it no longer stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from kernel.errors import RuleBroken
from readiness.gates.rules.decision import Decision, Standing, stand
from readiness.gates.rules.definitions import TEXT_LIMIT, check_text

SOURCE = "sign-off"
"""The source of criteria that sign-offs answer."""
ALL = "all"
"""The subject that means every required sign-off of the gate."""
ROLE, MEMBER, PERSON = "role", "member", "person"
MANAGER, EXECUTIVE = f"{MEMBER}:manager", f"{MEMBER}:executive"
MOST_SEATS = 40
MOST_DAYS = 365
_ORDER = (Decision.GO, Decision.CONDITIONS, Decision.NO_GO)


class Answer(StrEnum):
    """What somebody says to the gate."""

    APPROVE = "approve"
    CONDITION = "condition"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may sign for a seat."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A word that the gate asks for. ``key`` is ``role:<key>``, ``member:<role>`` or ``person:<number>``.

    ``people`` are those who may give it (none: nobody fills it yet), ``required`` says that the quorum needs it, and
    ``decides`` that whoever holds it takes the decision.
    """

    key: str
    name: str
    people: tuple[Holder, ...] = ()
    required: bool = True
    decides: bool = False

    def held_by(self, person_id: int | None) -> bool:
        """Whether somebody may sign for it."""
        return any(each.id == person_id for each in self.people)


@dataclass(frozen=True, slots=True)
class SignOff:
    """A word that was given. ``decision`` is what the evidence said then, sign-offs left aside.

    ``stale_at`` is when that got worse: from then on the word counts no longer.
    """

    id: int
    seat: str
    answer: Answer
    words: str
    due: date | None
    at: datetime
    person: str
    person_id: int | None
    decision: Decision
    stale_at: datetime | None = None

    @property
    def approves(self) -> bool:
        """Whether it is a yes, with a condition or without."""
        return self.answer is not Answer.REJECT


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who signs at a gate, by keys of seats: who has to, who decides; ``quorum`` is how many have to sign in all."""

    seats: Sequence[str]
    required: Sequence[str] = ()
    deciding: Sequence[str] = ()
    quorum: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody types to sign: for which seat, the answer, the condition or the reason, a day for a condition."""

    seat: str
    answer: str
    words: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One time of asking, from a moment, to be answered by a day."""

    id: int
    number: int
    at: datetime
    due: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """A seat with the last word that was given for it in the round."""

    seat: Seat
    signed: SignOff | None = None

    @property
    def counted(self) -> SignOff | None:
        """The word that counts: one that stands."""
        return None if self.signed is None or self.signed.stale_at else self.signed


@dataclass(frozen=True, slots=True)
class Table:
    """A gate's seats in the round that runs. ``quorum`` is how many have to sign in all; None: the required ones."""

    places: tuple[Place, ...]
    quorum: int | None = None
    round: Round | None = None

    @property
    def required(self) -> tuple[Place, ...]:
        """The places without which there is no quorum."""
        return tuple(place for place in self.places if place.seat.required)

    @property
    def counted(self) -> tuple[SignOff, ...]:
        """The words that count."""
        return tuple(place.counted for place in self.places if place.counted)

    @property
    def missing(self) -> tuple[Place, ...]:
        """The required places of which no word counts."""
        return tuple(place for place in self.required if place.counted is None)

    @property
    def short(self) -> int:
        """How many words more than the missing ones the quorum needs."""
        return max(0, (self.quorum or 0) - len(self.counted) - len(self.missing))

    @property
    def reached(self) -> bool:
        """Whether enough have signed to decide, whichever way they did."""
        return not self.missing and not self.short

    @property
    def rejected(self) -> tuple[Place, ...]:
        """The places that said no."""
        return tuple(place for place in self.places if place.counted and not place.counted.approves)

    @property
    def conditional(self) -> tuple[Place, ...]:
        """The places that said yes with a condition."""
        return tuple(place for place in self.places if place.counted and place.counted.answer is Answer.CONDITION)

    @property
    def stale(self) -> tuple[Place, ...]:
        """The places whose word no longer stands."""
        return tuple(place for place in self.places if place.signed and place.signed.stale_at)

    def seats_of(self, person_id: int | None) -> tuple[Place, ...]:
        """The places for which somebody may sign."""
        return tuple(place for place in self.places if place.seat.held_by(person_id))

    def place(self, key: str) -> Place | None:
        """The place of a seat."""
        return next((each for each in self.places if each.seat.key == key), None)


def may_decide(table: Table, person_id: int | None, managers: Iterable[int]) -> bool:
    """Whether somebody takes the decision: who sits on a seat that decides, else who manages the roll-out."""
    deciding = {each.id for place in table.places if place.seat.decides for each in place.seat.people}
    return person_id is not None and person_id in (deciding or set(managers))


def apart(standing: Standing) -> Decision:
    """What the evidence says without sign-offs: a signature must not become better or worse by itself."""
    return stand(standing.gate, [line for line in standing.lines if line.criterion.source != SOURCE]).decision


def is_worse(now: Decision, then: Decision) -> bool:
    """Whether a decision got worse.

    >>> is_worse(Decision.NO_GO, Decision.CONDITIONS), is_worse(Decision.GO, Decision.CONDITIONS)
    (True, False)
    """
    return _ORDER.index(now) > _ORDER.index(then)


def share(places: Sequence[Place]) -> tuple[int, int, int]:
    """How many approve, of how many, and from how many words that is known."""
    words = [place.counted for place in places if place.counted]
    return sum(word.approves for word in words), len(places), len(words)


def check_answer(given: Given, today: date) -> tuple[Answer, str, date | None]:
    """What was typed, as it is kept. Raises RuleBroken for no answer, no words where they are needed, a day past."""
    if given.answer not in set(Answer):
        raise RuleBroken("signoffs.answer", "Choose an answer.", field="answer")
    wanted = Answer(given.answer)
    label = "The condition" if wanted is Answer.CONDITION else "The reason"
    said = check_text("words", given.words, TEXT_LIMIT, label, needed=wanted is not Answer.APPROVE)
    if wanted is not Answer.CONDITION:
        return wanted, said, None
    return wanted, said, check_due(given.due, today)


def check_due(due: date | None, today: date, field: str = "due") -> date | None:
    """A day by which something is to be done. Raises RuleBroken for one that is past or far away."""
    if due is not None and not today <= due <= today + timedelta(days=MOST_DAYS):
        raise RuleBroken(
            "signoffs.due",
            "Choose a day from today until %(last)s.",
            field=field,
            last=(today + timedelta(days=MOST_DAYS)).isoformat(),
        )
    return due


def check_seats(keys: Sequence[str], quorum: int | None) -> None:
    """Raise RuleBroken for a gate that nobody signs, for too many, or for a quorum that can't be reached."""
    if not keys:
        raise RuleBroken("signoffs.nobody", "Choose at least one who signs.", field="seats")
    if len(keys) > MOST_SEATS:
        raise RuleBroken("signoffs.many", "At most %(most)s can sign at a gate.", field="seats", most=MOST_SEATS)
    if quorum is not None and not 1 <= quorum <= len(keys):
        raise RuleBroken(
            "signoffs.quorum",
            "The quorum is a number from 1 to %(most)s, as many as sign.",
            field="quorum",
            most=len(keys),
        )
