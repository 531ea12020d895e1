"""What a survey is: whom it asks, when it is open, and when its results may be seen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from crm.respondents.rules import AMONG, Audience
from crm.surveys.rules.questions import Kind, Question
from kernel.errors import RuleBroken


class State(StrEnum):
    """Where a survey stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


STATES: Mapping[State, str] = {State.DRAFT: "Draft", State.OPEN: "Open", State.CLOSED: "Closed"}


CUSTOMERS = (Audience.CONTACTS.value, Audience.TICKETS.value)
"""The audiences whose answers are the satisfaction of customers; that of colleagues is another figure."""
NAME, TOPIC, INTRO = 160, 40, 2000
ANONYMOUS_MINIMUM = 5
"""An anonymous survey shows nothing of fewer answers, whatever was chosen."""
LARGEST_MINIMUM = 1000
FROM_MINIMUM = "Results are shown from %(minimum)d answers on."
LONGEST = timedelta(days=365)
REMIND_MOST = 30
WHILE_OPEN = ("name", "topic", "intro", "thanks", "remind_after", "closes_on")
"""What may still change while people answer; the rest is what they were promised."""
_TOPIC = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class SurveyData:
    """What somebody says about a survey."""

    name: str
    topic: str = ""
    intro: str = ""
    thanks: str = ""
    audience: Audience = Audience.PEOPLE
    teams: tuple[int, ...] = ()
    among: Mapping[str, Any] = field(default_factory=dict)
    anonymous: bool = False
    minimum: int = 1
    by_mail: bool = True
    remind_after: int = 0
    closes_on: date | None = None


def check_survey(data: SurveyData, today: date) -> SurveyData:
    """A survey that may be kept, its texts trimmed. Raises RuleBroken."""
    name, topic = " ".join(data.name.split()), data.topic.strip().lower()
    if not name:
        raise RuleBroken("surveys.name", "Give the survey a name.", field="name")
    for key, text, most in (
        ("name", name, NAME),
        ("topic", topic, TOPIC),
        ("intro", data.intro, INTRO),
        ("thanks", data.thanks, INTRO),
    ):
        if len(text) > most:
            raise RuleBroken("surveys.long", "At most %(most)d characters fit.", field=key, most=most)
    if topic and not _TOPIC.fullmatch(topic):
        raise RuleBroken("surveys.topic", "Write the topic in small letters, such as user-satisfaction.", field="topic")
    if data.anonymous and data.audience is Audience.TICKETS:
        raise RuleBroken(
            "surveys.not_anonymous",
            "What is asked after a ticket is kept with the ticket, so it can't be anonymous.",
            field="anonymous",
        )
    least = ANONYMOUS_MINIMUM if data.anonymous else 1
    if not least <= data.minimum <= LARGEST_MINIMUM:
        raise RuleBroken(
            "surveys.minimum",
            "Results need at least %(least)d and at most %(most)d answers.",
            field="minimum",
            least=least,
            most=LARGEST_MINIMUM,
        )
    if not 0 <= data.remind_after <= REMIND_MOST:
        raise RuleBroken("surveys.remind", "Remind after 1 to %(most)d days.", field="remind_after", most=REMIND_MOST)
    check_closing(data.closes_on, today)
    among = {key: value for key, value in data.among.items() if key in AMONG and value}
    return SurveyData(
        name,
        topic,
        data.intro.strip(),
        data.thanks.strip(),
        data.audience,
        data.teams if data.audience is Audience.PEOPLE else (),
        among if data.audience is Audience.CONTACTS else {},
        data.anonymous,
        data.minimum,
        data.by_mail,
        data.remind_after,
        data.closes_on,
    )


def check_closing(closes_on: date | None, today: date) -> None:
    """Raise RuleBroken for a last day that is over or too far ahead."""
    if closes_on is not None and not today <= closes_on <= today + LONGEST:
        raise RuleBroken("surveys.closes_on", "Choose a last day from today to a year ahead.", field="closes_on")


def check_opening(audience: Audience, questions: Sequence[Question], closes_on: date | None, today: date) -> None:
    """Raise RuleBroken for a survey that can't be opened yet."""
    if not questions:
        raise RuleBroken("surveys.no_questions", "Write at least one question first.")
    if audience is Audience.TICKETS:
        if [each.kind for each in questions].count(Kind.CSAT) != 1:
            raise RuleBroken(
                "surveys.one_csat",
                "After a ticket exactly one question asks for satisfaction from 1 to 5: its answer is kept with it.",
            )
    elif closes_on is None:
        raise RuleBroken("surveys.no_end", "Choose the last day on which it can be answered.", field="closes_on")
    check_closing(closes_on, today)


def may_go_back(state: State, changes: Mapping[str, Sequence[Any]]) -> bool:
    """Whether a change (old and new value by column) may be taken back, now that a survey stands there.

    >>> may_go_back(State.OPEN, {"name": ["Old", "New"]}), may_go_back(State.OPEN, {"anonymous": [False, True]})
    (True, False)
    """
    if state is State.DRAFT:
        return True
    endless = "closes_on" in changes and changes["closes_on"][0] is None
    return state is State.OPEN and not endless and changes.keys() <= set(WHILE_OPEN)


def why_hidden(*, anonymous: bool, state: State, minimum: int, n: int) -> str:
    """Why results are not shown, as a sentence; "" where they are.

    What an anonymous survey says is shown once it is closed: of results that grow one could read the latest answer.
    """
    if not n:
        return "Nobody has answered yet."
    if n < minimum:
        return FROM_MINIMUM
    if anonymous and state is not State.CLOSED:
        return "An anonymous survey shows its results once it is closed."
    return ""
