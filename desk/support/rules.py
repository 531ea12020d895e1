"""What a report of a problem may be, and what the states of a ticket mean for whoever asked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from kernel.errors import RuleBroken

PERMISSIONS = frozenset({"see", "ask"})
"""Reading what one asked for, and asking on; `queries.judge` answers."""
NAME_LIMIT, TEXT_LIMIT, PAGE_LIMIT, BROWSER_LIMIT = 250, 10_000, 200, 200
MEASURES: tuple[tuple[str, str], ...] = (
    ("critical", "Nothing goes any more"),
    ("high", "Something important does not work"),
    ("medium", "It works, but with trouble"),
    ("low", "A question, or something small"),
)
"""How bad it is, in the words of whoever is in trouble; the values are those of the severity."""
REACHES: tuple[tuple[str, str], ...] = (
    ("person", "Only me"),
    ("team", "My team"),
    ("department", "My department"),
    ("organisation", "Everybody"),
)
"""Whom it holds up; the values are those of the impact."""
STATES: dict[str, str] = {
    "new": "received",
    "triaged": "received",
    "in-progress": "being worked on",
    "waiting": "waits for your answer",
    "escalated": "being worked on",
    "resolved": "solved: does it work?",
    "verified": "solved",
    "closed": "closed",
    "reopened": "received",
}
"""What the state of a ticket means for whoever asked."""


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports, as it is kept."""

    name: str
    description: str
    severity: str
    impact: str
    project_id: int | None
    page: str
    browser: str


def check(report: Report) -> Report:
    """A report that may be kept. Raises RuleBroken."""
    name, text = " ".join(report.name.split()), report.description.replace("\x00", "").strip()
    if not name:
        raise RuleBroken("support.name", "Say in a few words what the trouble is.", field="name")
    for field, value, limit in (("name", name, NAME_LIMIT), ("description", text, TEXT_LIMIT)):
        if len(value) > limit:
            raise RuleBroken(
                "support.long",
                "That has %(length)d characters; at most %(limit)d fit.",
                field=field,
                length=len(value),
                limit=limit,
            )
    if report.severity not in dict(MEASURES):
        raise RuleBroken("support.severity", "Choose how bad it is.", field="severity")
    if report.impact not in dict(REACHES):
        raise RuleBroken("support.impact", "Choose whom it holds up.", field="impact")
    page, browser = page_of(report.page), " ".join(report.browser.split())[:BROWSER_LIMIT]
    return Report(name, text, report.severity, report.impact, report.project_id, page, browser)


def page_of(address: str) -> str:
    """The page of ours that an address names, without what it was asked for: that may be a secret. Else nothing.

    >>> page_of("/projects/1/risks?q=x"), page_of("https://elsewhere.example/x"), page_of("//elsewhere.example")
    ('/projects/1/risks', '', '')
    """
    parts = urlsplit(address.strip()) if not address.startswith("//") else urlsplit("")
    ours = not parts.scheme and not parts.netloc and parts.path.startswith("/") and "\\" not in parts.path
    return parts.path[:PAGE_LIMIT] if ours and parts.path.isprintable() else ""


def project_in(page: str) -> int | None:
    """The roll-out that a page belongs to.

    >>> project_in("/projects/12/risks"), project_in("/crm/leads")
    (12, None)
    """
    parts = page.split("/")
    known = len(parts) > 2 and parts[1] == "projects" and parts[2].isascii() and parts[2].isdigit()
    return int(parts[2]) if known and len(parts[2]) < 10 else None
