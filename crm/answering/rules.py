"""How somebody is asked, and when they are left alone."""

from __future__ import annotations

from datetime import timedelta

from kernel.permission import Visibility, allow

GRANTS = allow("survey.answer", person=Visibility.ALL)
"""Everybody who signs in may be asked; whoever was not asked finds nothing."""
MOST = 20_000
"""So many are asked at once."""
QUIET = timedelta(days=7)
"""Whoever was asked about a ticket is not asked about the next one for so long."""
DOOR = "/answer/"
"""Where one-time links lead, followed by the token."""
