"""For which day an adoption report speaks, and what it is called."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from crm.counts.rules.windows import Window


def window_of(as_of: date, now: datetime, zone: tzinfo) -> Window:
    """A day as figures count it: looked at from its end, or from now where it is not over.

    >>> from datetime import UTC
    >>> window_of(date(2026, 2, 16), datetime(2026, 2, 18, 9, tzinfo=UTC), UTC).now.isoformat()
    '2026-02-17T00:00:00+00:00'
    """
    end = datetime.combine(as_of + timedelta(days=1), time(), zone)
    return Window(as_of, as_of, min(now, end), zone)


def file_name(name: str, as_of: date) -> str:
    """What the PDF is called: letters and digits of the roll-out's name, and the day.

    >>> file_name("Nordic launch!", date(2026, 2, 18))
    'nordic-launch-adoption-2026-02-18.pdf'
    """
    plain = "-".join("".join(each if each.isascii() and each.isalnum() else " " for each in name.lower()).split())
    return f"{plain[:40] or 'roll-out'}-adoption-{as_of.isoformat()}.pdf"
