"""Sending what was issued: mail with the file to each recipient, a notice to people of the house."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from accounts.access.queries import actor_of
from accounts.notices.service import tell
from infra.mail.rules import MailFile
from infra.mail.service import queue
from infra.transaction import Work
from kernel.actor import Actor, project_scope
from reports.issued import queries
from reports.issued.models import IssuedReport
from reports.issued.queries import withheld_from
from reports.issued.rules.draft import DraftData
from reports.issued.rules.parts import PARTS
from reports.issued.service import Sent
from reports.status.rules.naming import file_name
from roadmap.projects.queries import row_of


@dataclass(frozen=True, slots=True)
class Letter:
    """What the mails of one report say: its subject, and the text for people inside and outside the house."""

    subject: Callable[[IssuedReport], str]
    text: Callable[..., str]


def editions(data: DraftData, project_id: int) -> list[str]:
    """The editions that the recipients of a report need, each by the parts that it lacks."""
    inside = {withheld_from(actor, project_id) for actor in _actors(data.people)}
    outside = {PARTS} if data.addresses else set()
    return sorted("+".join(parts) for parts in inside | outside if parts)


def deliver(letter: Letter) -> Callable[[Work, Sent], None]:
    """What sends an issued report, inside the transaction that issues it."""

    def act(work: Work, sent: Sent) -> None:
        report, scope = sent.report, project_scope(sent.report.project_id)
        known = queries.addresses_of(sent.data.people)
        for actor in _actors(sent.data.people):
            _name, address = known.get(actor.id or 0, ("", ""))
            if address:
                withheld = withheld_from(actor, report.project_id)
                _mail(work, sent, address, letter, withheld, inside=True)
        for address in sent.data.addresses:
            _mail(work, sent, address, letter, PARTS, inside=False)
        tell(work, "report_issued", sent.data.people, subject=f"report:{report.id}", label=report.title, scope=scope)

    return act


def _mail(work: Work, sent: Sent, to: str, letter: Letter, withheld: Sequence[str], *, inside: bool) -> None:
    report = sent.report
    name = file_name(row_of(report.project_id).name, report.as_of, report.number)
    queue(
        work,
        to,
        letter.subject(report),
        letter.text(report, inside=inside),
        key=f"report:{report.id}:{to}",
        files=[MailFile(name, "application/pdf", sent.digest(withheld))],
    )


def _actors(people: Iterable[int]) -> list[Actor]:
    return [actor for actor in map(actor_of, people) if actor is not None]
