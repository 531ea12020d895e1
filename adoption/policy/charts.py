"""The policy in words."""

from __future__ import annotations

from flask_babel import gettext as _

from adoption.policy.rules import SMALLEST_GROUP, Visible


def choices() -> dict[str, str]:
    """What can be decided, each in a sentence."""
    return {
        Visible.GROUPS: _("Nobody sees others by name: all see groups of %(n)d and more", n=SMALLEST_GROUP),
        Visible.LEADS: _("Leads see their own team by name; all see groups of %(n)d and more", n=SMALLEST_GROUP),
        Visible.PERSONS: _("Whoever leads a roll-out sees its people by name, and leads their own team"),
    }


def short(visible: Visible) -> str:
    """What holds, beside a table."""
    return {
        Visible.GROUPS: _("people are shown to themselves only"),
        Visible.LEADS: _("people are shown to their own lead only"),
        Visible.PERSONS: _("people are shown to their lead and to who leads the roll-out"),
    }[visible]
