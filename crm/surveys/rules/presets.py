"""Surveys to begin with: questions that have proved themselves, each to be changed as one likes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm.respondents.rules import Audience
from crm.surveys.rules.questions import Kind, QuestionData
from crm.surveys.rules.surveys import SurveyData


@dataclass(frozen=True, slots=True)
class Preset:
    """A survey with its questions, and in a few words what it is good for."""

    said: str
    survey: SurveyData
    questions: tuple[QuestionData, ...] = ()


PRESETS: Mapping[str, Preset] = {
    "blank": Preset("An empty survey", SurveyData("New survey")),
    "users": Preset(
        "How content users are with the CRM",
        SurveyData(
            "How do you get on with the CRM?",
            topic="satisfaction",
            intro="It takes two minutes. What you say decides what is made better next.",
            thanks="Thank you. You will hear what comes of it.",
            anonymous=True,
            minimum=5,
            remind_after=3,
        ),
        (
            QuestionData(Kind.CSAT, "How satisfied are you with the CRM as a whole?"),
            QuestionData(Kind.SCALE, "How easily do you find what you need?", low="hardly", high="at once"),
            QuestionData(
                Kind.MULTI,
                "Where does it still cost you time?",
                needed=False,
                choices=("Finding records", "Entering data", "Reports", "E-mail", "On the phone", "Nowhere"),
            ),
            QuestionData(Kind.OPEN, "What should we change first?", needed=False),
        ),
    ),
    "ready": Preset(
        "Whether people feel ready for the launch",
        SurveyData(
            "Are you ready for the launch?",
            topic="ready",
            intro="Three questions before we switch over. Your name is not kept with your answers.",
            anonymous=True,
            minimum=5,
            remind_after=2,
        ),
        (
            QuestionData(Kind.CSAT, "How well prepared do you feel for working in the new CRM?"),
            QuestionData(Kind.CHOICE, "Do you know whom to ask when you are stuck?", choices=("Yes", "Not sure", "No")),
            QuestionData(Kind.OPEN, "What do you still need?", needed=False),
        ),
    ),
    "ticket": Preset(
        "Satisfaction after each closed ticket",
        SurveyData(
            "How did we do?",
            topic="service",
            intro="Your request is closed. One click tells us how it went.",
            thanks="Thank you. Whoever helped you sees it.",
            audience=Audience.TICKETS,
        ),
        (
            QuestionData(Kind.CSAT, "How satisfied are you with how your request was handled?"),
            QuestionData(Kind.OPEN, "What could we have done better?", needed=False),
        ),
    ),
    "recommend": Preset(
        "Whether customers would recommend you (NPS)",
        SurveyData(
            "Would you recommend us?",
            topic="recommend",
            intro="Two questions, one minute.",
            audience=Audience.CONTACTS,
            among={"kind": "customer"},
            remind_after=7,
        ),
        (
            QuestionData(
                Kind.NPS,
                "How likely are you to recommend us to a colleague?",
                low="not at all",
                high="very likely",
            ),
            QuestionData(Kind.OPEN, "What is the main reason for your answer?", needed=False),
        ),
    ),
}
"""Every preset by its key."""
