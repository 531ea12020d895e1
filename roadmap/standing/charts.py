"""The state of a schedule and its distance from its target in words: the same on every page and in every report."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from infra import formats
from roadmap.standing.rules.health import Health


def slip_words(days: int) -> str:
    """How late a day is, as it stands in a sentence: "four days late"."""
    if days > 0:
        return _("%(days)s late", days=day_words(days))
    if days < 0:
        return _("%(days)s early", days=day_words(-days))
    return _("on its target")


def day_words(days: int) -> str:
    """A number of days as sentences are read: "four days", "13 days"."""
    return ngettext("%(n)s day", "%(n)s days", days, n=count_words(days))


def count_words(count: int) -> str:
    """A small number as a word, a larger one in figures; not below 0."""
    words = (
        _("no"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
        _("ten"), _("eleven"), _("twelve"),
    )  # fmt: skip
    return words[count] if count < len(words) else formats.number(count)


def health_words() -> dict[Health, str]:
    """The states of a schedule in a word or two."""
    return {
        Health.OFF_TRACK: _("Off track"),
        Health.AT_RISK: _("At risk"),
        Health.ON_TRACK: _("On track"),
        Health.UNKNOWN: _("Unknown"),
        Health.CLOSED: _("Closed"),
    }
