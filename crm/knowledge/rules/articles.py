"""What an article is: its states, for whom it is, when somebody looks at it again, and what becomes of a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kernel.errors import RuleBroken
from kernel.permission import Visibility, allow

GRANTS = allow("article.see", person=Visibility.ALL)
"""Everybody who signs in reads what is published."""


class State(StrEnum):
    """Where an article stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Audience(StrEnum):
    """For whom an article is."""

    STAFF = "staff"
    CUSTOMERS = "customers"


STATES: Mapping[State, str] = {State.DRAFT: "Draft", State.PUBLISHED: "Published", State.RETIRED: "Retired"}
AUDIENCES: Mapping[Audience, str] = {
    Audience.STAFF: "Everybody who signs in",
    Audience.CUSTOMERS: "Customers too: everybody may read it without signing in",
}
TITLE, SUMMARY, CATEGORY, BODY, NOTE, LACKING = 160, 300, 80, 50_000, 200, 500
FRESH = timedelta(days=180)
"""So long after it was published or looked at an article counts as fresh."""
DOUBTED, DOUBTS = 0.5, 5
"""An article that helped fewer than this share of at least so many people needs another look."""


@dataclass(frozen=True, slots=True)
class ArticleData:
    """An article as somebody wrote it; ``note`` says why it changed."""

    title: str
    body: str
    summary: str = ""
    category: str = ""
    audience: Audience = Audience.STAFF
    note: str = ""


@dataclass(frozen=True, slots=True)
class Votes:
    """Whom an article helped, and whom it did not."""

    yes: int = 0
    no: int = 0

    @property
    def n(self) -> int:
        """How many people answered."""
        return self.yes + self.no

    @property
    def share(self) -> float | None:
        """The share whom it helped, in percent; None where nobody answered."""
        return 100 * self.yes / self.n if self.n else None


def check_article(data: ArticleData) -> ArticleData:
    """An article that may be kept, its texts trimmed. Raises RuleBroken."""
    title, summary = " ".join(data.title.split()), " ".join(data.summary.split())
    category, note = " ".join(data.category.split()), " ".join(data.note.split())
    body = data.body.replace("\r\n", "\n").replace("\0", "").strip()
    if not title:
        raise RuleBroken("knowledge.title", "Give the article a title: the question that it answers.", field="title")
    for key, text, most in (
        ("title", title, TITLE),
        ("summary", summary, SUMMARY),
        ("category", category, CATEGORY),
        ("body", body, BODY),
        ("note", note, NOTE),
    ):
        if len(text) > most:
            raise RuleBroken("knowledge.long", "At most %(most)d characters fit.", field=key, most=most)
    return ArticleData(title, body, summary, category, data.audience, note)


def check_publish(body: str) -> None:
    """Raise RuleBroken for an article that says nothing yet."""
    if not body.strip():
        raise RuleBroken("knowledge.empty", "Write the article before you publish it.", field="body")


def review_on(today: date) -> date:
    """When somebody looks again at an article that was looked at today.

    >>> review_on(date(2026, 2, 18))
    datetime.date(2026, 8, 17)
    """
    return today + FRESH


def why_stale(state: State, due: date | None, votes: Votes, today: date) -> str:
    """Why an article needs another look, as a sentence; "" where it does not."""
    if state is not State.PUBLISHED:
        return ""
    if due is not None and due <= today:
        return "Nobody has looked at it for half a year."
    if votes.n >= DOUBTS and votes.yes < DOUBTED * votes.n:
        return "It helped fewer than half of those who said so."
    return ""


def of_ticket(subject: str, description: str, solution: str, cause: str, workaround: str) -> ArticleData:
    """The draft of an article that a solved ticket makes; names and addresses stay with the ticket's other fields."""
    parts = (("What happens", description), ("Why", cause), ("What helps", solution), ("Until then", workaround))
    body = "\n\n".join(f"## {head}\n\n{text.strip()}" for head, text in parts if text.strip())
    return ArticleData(subject[:TITLE], body[:BODY])
