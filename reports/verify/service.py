"""Comparing a file with what was issued; the file is read and forgotten."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from kernel.errors import RuleBroken
from reports.issued import queries
from reports.issued.queries import ReportRow

_PDF, _SLIDES = b"%PDF-", b"PK\x03\x04"
_CHUNK = 1024 * 1024


class Verdict(StrEnum):
    """What a comparison found."""

    ORIGINAL = "original"
    ALTERED = "altered"
    BROKEN = "broken"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Found:
    """The verdict on a file, its fingerprint, and the report that carries the code."""

    verdict: Verdict
    row: ReportRow
    digest: str = ""
    withheld: str = ""

    @property
    def expected(self) -> str:
        """The fingerprint of the whole original."""
        return self.row.digest


def fingerprint(stream: IO[bytes]) -> str:
    """The SHA-256 of a PDF or of slides. Raises RuleBroken for what is empty or neither."""
    head = stream.read(len(_PDF))
    if head != _PDF and not head.startswith(_SLIDES):
        text = "This is no PDF and no slides. Choose the file as you got it, with a name that ends in .pdf or .pptx."
        raise RuleBroken("verify.no_pdf", text, field="file")
    hasher = hashlib.sha256(head)
    while chunk := stream.read(_CHUNK):
        hasher.update(chunk)
    return hasher.hexdigest()


def compare(row: ReportRow, digest: str = "") -> Found:
    """Whether a fingerprint is that of a report, and whether the report's own record still agrees with the trail."""
    if queries.digest_in_trail(row.id) != row.digest:
        return Found(Verdict.BROKEN, row, digest)
    if not digest:
        return Found(Verdict.KNOWN, row)
    known = queries.digests_of(row)
    verdict = Verdict.ORIGINAL if digest in known else Verdict.ALTERED
    return Found(verdict, row, digest, known.get(digest, ""))
