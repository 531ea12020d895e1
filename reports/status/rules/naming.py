"""What a report's file is called."""

import unicodedata
from datetime import date
from re import sub


def file_name(
    project: str, as_of: date, number: int | None = None, kind: str = "status-report", extension: str = "pdf"
) -> str:
    """A name in plain small letters, for every file system.

    >>> file_name("Zoë & Søn: Europe", date(2026, 2, 18), 6)
    'status-report-6-zoe-sn-europe-2026-02-18.pdf'
    """
    plain = unicodedata.normalize("NFKD", project).encode("ascii", "ignore").decode().lower()
    slug = sub(r"[^a-z0-9]+", "-", plain)[:60].strip("-")
    parts = (kind, str(number) if number else "", slug, as_of.isoformat())
    return "-".join(filter(None, parts)) + f".{extension}"
