"""A report put together from the plan and what was written, ready to be issued; and its mail."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _

from infra.wires import wires
from kernel.errors import RuleBroken
from readiness.colours.charts import sentences
from reports.beyond.queries import Beyond
from reports.issued.models import IssuedReport
from reports.issued.rules.code import spelled
from reports.issued.rules.framing import Framing
from reports.issued.service import Compose, Composed
from reports.status import charts, queries


def kind_words(kind: str) -> str:
    """What a kind of report is called."""
    return {"readiness": _("Readiness pack"), "adoption": _("Adoption report"), "deck": _("Slides")}.get(
        kind, _("Status report")
    )


UNANSWERED = "report.unanswered"
"""Why a report is not issued while its colour is contradicted and nobody says anything to it."""


def composer(project_id: int, as_of: date, now: datetime) -> Compose:
    """What writes the report of a project and a day into a frame.

    What it gives raises RuleBroken where something contradicts the claimed colour and is not answered.
    """

    def compose(framing: Framing) -> Composed:
        gathered = queries.gather(project_id, as_of, now, framing)
        check_answered(gathered.beyond)
        report, shown = gathered.report, charts.said(gathered, for_pdf=False)
        return Composed(
            title=shown.title[:300],
            as_of=as_of,
            since=report.since,
            state=shown.health.value,
            sentence=shown.sentence,
            milestones={line.work.id: line.now for line in report.milestones},
            document=charts.document(gathered),
            page=charts.body(shown),
        )

    return compose


def check_answered(beyond: Beyond) -> None:
    """Raise RuleBroken while something contradicts the claim and nobody has said why the claim holds."""
    said = sentences(beyond.health)
    missing = [said[each.key] for each in beyond.unanswered]
    if missing:
        text = "Answer in words what contradicts the claimed colour, or withdraw the claim: %(which)s"
        raise RuleBroken(UNANSWERED, text, field="answers", which=" ".join(missing))


def mail_subject(report: IssuedReport) -> str:
    """The subject of the mail that carries a report."""
    return report.title


def mail_text(report: IssuedReport, *, inside: bool) -> str:
    """The mail that carries a report: its sentence, the comment, and for people of the house where it stands."""
    base = wires().settings.base_url
    where = f"{base}/projects/{report.project_id}/reports/{report.number}" if inside and base else ""
    corrects = _("This report corrects an earlier one: %(reason)s", reason=report.reason) if report.reason else ""
    parts = (
        _("%(who)s sends you the attached status report.", who=report.issued_by),
        report.sentence,
        corrects,
        report.comment,
        where,
        _(
            "To tell the original from a copy, open %(at)s and type %(code)s.",
            at=f"{base}/verify",
            code=spelled(report.code),
        ),
    )
    return "\n\n".join(filter(None, parts))
