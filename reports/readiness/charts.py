"""The pack in words and drawings: one content for the PDF and for the page of an issued one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_datetime
from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from infra import formats
from infra.pdf import beyond_latin
from infra.sheets import Page
from infra.wires import wires
from readiness.gates.charts import category_words
from readiness.gates.rules.decision import Decision
from readiness.gates.rules.results import Line, Result
from readiness.signoffs import charts as signing
from readiness.signoffs.rules import Place
from readiness.verdict import charts as verdicts
from readiness.verdict.rules import drawings, telling
from reports.issued.rules.framing import Framing
from reports.issued.service import Compose, Composed
from reports.readiness import queries
from reports.readiness.queries import Pack
from reports.status.charts import short, sign
from reports.status.rules.space import clipped

KIND = "readiness"
MUST, OPEN, SIGNS = 9, 8, 8
"""Rows of each list on the first page."""
SIGNS_OF = {
    Result.PASS: "good",
    Result.WARN: "warn",
    Result.FAIL: "bad",
    Result.UNKNOWN: "unknown",
    Result.WAIVED: "open",
    Decision.GO: "good",
    Decision.CONDITIONS: "warn",
    Decision.NO_GO: "bad",
}
_TONES = {"green": "good", "amber": "warn", "red": "bad"}


@dataclass(frozen=True, slots=True)
class Said:
    """The pack as the templates show it."""

    pack: Pack
    frame: Framing
    name: str
    title: str
    state: str
    sentence: str
    today: str
    forecast: str
    quorum: str
    cards: tuple[tuple[str, str, str], ...]
    must: Sequence[Any]
    way: telling.Way
    sections: Sequence[telling.Section]
    history: dict[str, Any] | None
    history_rows: Sequence[tuple[str, str, str, str]]
    recorded: str
    verify_at: str


def said(pack: Pack, frame: Framing | None = None) -> Said:
    """The pack in the reader's language."""
    frame = frame or Framing()
    figures = verdicts.sentence(telling.told(pack.standing)) if pack.kept is None else _sentence_then(pack)
    title = _(
        "%(what)s of %(name)s, %(gate)s, %(day)s",
        what=name(frame.number),
        name=pack.project.name,
        gate=pack.gate.name,
        day=formats.full_date(pack.as_of),
    )
    return Said(
        pack=pack,
        frame=frame,
        name=name(frame.number),
        title=title[:300],
        state=_state(pack),
        sentence=_decided(pack) if pack.taken else figures,
        today=_("By the figures: %(said)s", said=figures) if pack.taken else "",
        forecast=verdicts.forecast(pack.project.target_go_live, pack.stops, pack.forecast),
        quorum=signing.quorum_sentence(pack.table),
        cards=_cards(pack),
        must=telling.must_haves(pack.standing),
        way=telling.way_of(pack.standing),
        sections=telling.sections(pack.standing),
        history=verdicts.history(pack.points, pack.gate.minimum_score) if pack.points else None,
        history_rows=verdicts.history_rows(pack.points),
        recorded=format_datetime(pack.project.local(pack.at), "EEE d MMM y, HH:mm", locale=get_locale()),
        verify_at=f"{wires().settings.base_url}/verify",
    )


def document(shown: Said) -> str:
    """The whole pack as the HTML that becomes a PDF. It is rendered without the frame of a page."""
    page = current_app.jinja_env.get_template("reports/readiness_pdf.html")
    return page.render(r=shown, locale=str(get_locale() or "en"), beyond_latin=beyond_latin, **DRAWN)


def body(shown: Said) -> Markup:
    """The same as a part of a page, kept with an issue."""
    page = current_app.jinja_env.get_template("reports/_readiness_body.html")
    return Markup(page.render(r=shown, **DRAWN))  # noqa: S704 - our own template, which escapes


def workbook(pack: Pack) -> list[Page]:
    """The same as sheets: the judgement, each criterion, waivers, sign-offs, decisions, and the kept days."""
    return [
        Page(_("Gate"), (_("What"), _("Value")), _facts(pack)),
        Page(
            _("Criteria"),
            (
                _("Category"), _("Criterion"), _("Must-have"), _("Weight"), _("Result"), _("Value"), _("Needed"),
                _("Unit"), _("n"), _("As of"), _("Points"), _("Source"), _("Declared"), _("Owner"), _("Person-days"),
                _("Why"),
            ),
            [_criterion(pack, *each) for each in zip(pack.standing.lines, pack.standing.contributions, strict=True)],
        ),
        Page(
            _("Waivers"),
            (_("Criterion"), _("Reason"), _("Until"), _("Given by"), _("Asked by")),
            [
                (line.criterion.statement, line.waiver.reason, line.waiver.until, line.waiver.given_by,
                 line.waiver.asked_by)
                for line in pack.standing.lines
                if line.waiver
            ],
        ),
        Page(
            _("Sign-offs"),
            (_("Seat"), _("Required"), _("Answer"), _("Words"), _("Due"), _("Signed by"), _("At")),
            [_signature(pack, place) for place in pack.table.places],
        ),
        Page(
            _("Decisions"),
            (_("Number"), _("Gate"), _("Decided"), _("Computed"), _("Score"), _("By"), _("At"), _("Reasons")),
            [
                (each.number, each.gate_name, _word(each.decision), _word(each.computed), each.score, each.decided_by,
                 pack.project.local(each.at), each.reasons)
                for each in pack.decisions
            ],
        ),
        Page(
            _("History"),
            (_("Day"), _("Decision"), _("Score"), _("Confidence")),
            [(each.day, _word(each.decision), each.score, each.confidence) for each in pack.points],
        ),
    ]  # fmt: skip


def _facts(pack: Pack) -> list[tuple[str, object]]:
    standing, stop = pack.standing, pack.milestone
    return [
        (_("Roll-out"), pack.project.name),
        (_("Gate"), pack.gate.name),
        (_("Computed"), _word(standing.decision)),
        (_("Decided"), _word(pack.taken.decision) if pack.taken else ""),
        (_("Score"), standing.score),
        (_("Score needed"), pack.gate.minimum_score),
        (_("Confidence"), standing.confidence),
        (_("Confidence needed"), pack.gate.minimum_confidence / 100),
        (_("By the plan as it stands"), stop.day if stop else None),
        (_("Target of go-live"), pack.project.target_go_live),
        (_("Figures of"), pack.project.local(pack.at)),
    ]


def _criterion(pack: Pack, line: Line, points: float) -> tuple[object, ...]:
    asked, found = line.criterion, line.evidence
    return (
        category_words()[asked.category], asked.statement, asked.must_have, asked.weight,
        verdicts.result_words()[line.result], found.value, f"{asked.comparator.value} {asked.threshold:g}", asked.unit,
        found.n, pack.project.local(found.at) if found.at else None, round(points, 4), verdicts.source_words(asked),
        found.declared, asked.owner or asked.role, asked.effort_days, found.why,
    )  # fmt: skip


def _signature(pack: Pack, place: Place) -> tuple[object, ...]:
    name, word = signing.seat_name(place.seat.name), place.signed
    if word is None:
        return name, place.seat.required, signing.place_words(place), "", None, "", None
    at = pack.project.local(word.at)
    return name, place.seat.required, signing.place_words(place), word.words, word.due, word.person, at


def _word(decision: Decision) -> str:
    return verdicts.decision_words()[decision]


def composer(pack: Pack) -> Compose:
    """What writes the pack into the frame of an issue."""

    def compose(frame: Framing) -> Composed:
        shown = said(pack, frame)
        return Composed(
            title=shown.title,
            as_of=pack.as_of,
            since=pack.as_of,
            state=queries.outcome(pack).value,
            sentence=shown.sentence,
            milestones={},
            document=document(shown),
            page=body(shown),
            kind=KIND,
        )

    return compose


def name(number: int | None) -> str:
    """What the pack is called: with its number once it is issued."""
    return _("Readiness pack %(number)s", number=number) if number else _("Readiness pack")


def figure_sign(key: Result | Decision) -> Markup:
    """The shape of a result or a decision; its word stands beside it."""
    return sign(SIGNS_OF[key])


def place_kind(place: Any) -> str:
    """The look of a sign-off."""
    return _TONES.get(signing.place_tone(place), "unknown")


def _state(pack: Pack) -> str:
    words = verdicts.decision_words()
    if pack.taken:
        return _("decided: %(word)s", word=words[pack.taken.decision].lower())
    return _("computed: %(word)s", word=words[pack.standing.decision].lower())


def _decided(pack: Pack) -> str:
    """What was decided, by whom and on what figures: it stands before those of the day of the pack."""
    taken = pack.taken
    if taken is None:
        return ""
    said = _(
        "%(word)s, decided by %(who)s on %(day)s on a score of %(score)s with %(known)s known.",
        word=verdicts.decision_words()[taken.decision],
        who=taken.decided_by,
        day=formats.full_date(pack.project.local(taken.at)),
        score=verdicts.score_words(taken.score),
        known=formats.percent(100 * taken.confidence),
    )
    if taken.decision is taken.computed:
        return said
    return said + " " + _("Computed then: %(word)s.", word=verdicts.decision_words()[taken.computed].lower())


def _sentence_then(pack: Pack) -> str:
    """Of a kept day only its decision and its reasons in general are known."""
    day = formats.full_date(pack.as_of)
    return (
        _("%(word)s on %(day)s.", word=verdicts.decision_words()[pack.standing.decision], day=day)
        + " "
        + (verdicts.because(telling.told(pack.standing)))
        + (" " + _("The criteria are those of today: that day's were not kept.") if pack.by_today else "")
    )


def _cards(pack: Pack) -> tuple[tuple[str, str, str], ...]:
    standing, gate = pack.standing, pack.gate
    must = [line for line in standing.lines if line.criterion.must_have]
    passed = sum(line.result in (Result.PASS, Result.WARN) for line in must)
    stop = pack.milestone
    return (
        (_("Score"), verdicts.score_words(standing.score), _("needs %(n)s", n=formats.number(gate.minimum_score))),
        (
            _("Known"),
            formats.percent(100 * standing.confidence),
            _("of the weight, needs %(n)s", n=formats.percent(gate.minimum_confidence)),
        ),
        (_("Must-haves"), _("%(n)s of %(all)s", n=passed, all=len(must)), _("pass")),
        (_("Gate"), short(stop.day) if stop else "–", _("by the plan as it stands") if stop else _("no day")),
    )


DRAWN: dict[str, Any] = {
    "sign": sign,
    "figure_sign": figure_sign,
    "signs_of": SIGNS_OF,
    "place_kind": place_kind,
    "short": short,
    "day_of": date.fromisoformat,
    "clipped": clipped,
    "verdicts": verdicts,
    "signing": signing,
    "drawings": drawings,
    "category_words": category_words,
    "rooms": (MUST, OPEN, SIGNS),
}
