"""Sign-offs in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from readiness.signoffs.rules import Answer, Place, Table
from roadmap.standing.charts import count_words

ANSWER_TONES = {Answer.APPROVE: "green", Answer.CONDITION: "amber", Answer.REJECT: "red"}


def answer_words() -> dict[Answer, str]:
    """The answers as somebody gave them."""
    return {Answer.APPROVE: _("Approved"), Answer.CONDITION: _("With a condition"), Answer.REJECT: _("Rejected")}


def seat_name(name: str) -> str:
    """What a seat is called; those of the roll-out itself are translated."""
    return {
        "Manager of the roll-out": _("Manager of the roll-out"),
        "Executive sponsor": _("Executive sponsor"),
    }.get(name, name)


def place_tone(place: Place) -> str:
    """The look of a place: the answer, waiting, or stale."""
    word = place.signed
    if word is None:
        return "unknown"
    return "unknown" if word.stale_at else ANSWER_TONES[word.answer]


def place_words(place: Place, *, asked: object = True) -> str:
    """How a place stands in a word or two; ``asked`` says whether a round runs."""
    word = place.signed
    if word is None:
        return (_("Asked") if asked else _("Not asked")) if place.seat.people else _("Nobody")
    return _("Asked again") if word.stale_at else answer_words()[word.answer]


def quorum_sentence(table: Table) -> str:
    """How many have signed, and who is missing for the quorum."""
    if table.round is None:
        return _("Nobody has been asked to sign yet.")
    done, whole = len(table.counted), len(table.places)
    said = _("%(done)s of %(whole)s have signed.", done=count_words(done).capitalize(), whole=count_words(whole))
    return f"{said} {_missing(table)}"


def _missing(table: Table) -> str:
    if table.reached:
        return _("The quorum is reached.")
    names = ", ".join(seat_name(place.seat.name) for place in table.missing)
    if not names:
        return ngettext(
            "The quorum needs %(num)d sign-off more.", "The quorum needs %(num)d sign-offs more.", table.short
        )
    return _("The quorum waits for: %(names)s.", names=names)
