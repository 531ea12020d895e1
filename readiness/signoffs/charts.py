"""Sign-offs in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from readiness.signoffs.rules import Answer, Place, Table
from roadmap.standing.charts import count_words

ANSWER_TONES = {Answer.APPROVE: "green", Answer.CONDITION: "amber", Answer.REJECT: "red"}

_NAMED = 2
"""How many of those who are missing a headline names."""


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


def place_words(place: Place, *, asked: object = True, over: object = False) -> str:
    """How a place stands in a word or two; ``asked`` says whether there is a round, ``over`` that it was decided on."""
    word = place.signed
    if word is None and over:
        return _("Did not sign")
    if word is None:
        return (_("Asked") if asked else _("Not asked")) if place.seat.people else _("Nobody")
    return _("Asked again") if word.stale_at else answer_words()[word.answer]


def quorum_sentence(table: Table) -> str:
    """How many have signed, and who is missing for the quorum."""
    if table.round is None:
        return _("Nobody has been asked to sign yet.")
    return f"{_signed(table)} {_missing(table)}"


def quorum_in_short(table: Table) -> str:
    """The same for a headline: how many are missing, without their names."""
    if table.round is None or table.reached or len(table.missing) <= _NAMED:
        return quorum_sentence(table)
    missing = _("The quorum waits for %(n)s of them.", n=count_words(len(table.missing)))
    return f"{_signed(table)} {missing}"


def _signed(table: Table) -> str:
    done, whole = len(table.counted), count_words(len(table.places))
    if not done:
        return _("None of %(whole)s has signed.", whole=whole)
    return ngettext(
        "%(done)s of %(whole)s has signed.",
        "%(done)s of %(whole)s have signed.",
        done,
        done=count_words(done).capitalize(),
        whole=whole,
    )


def _missing(table: Table) -> str:
    if table.reached:
        return _("The quorum is reached.")
    names = ", ".join(seat_name(place.seat.name) for place in table.missing)
    if not names:
        return ngettext(
            "The quorum needs %(num)d sign-off more.", "The quorum needs %(num)d sign-offs more.", table.short
        )
    return _("The quorum waits for: %(names)s.", names=names)
