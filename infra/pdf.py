"""HTML to PDF in a child process that is kept warm: a crash, a hang or a flood of memory there harms no page here."""

from __future__ import annotations

import atexit
import json
import re
import struct
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from time import monotonic
from typing import IO, cast

import structlog
from flask import current_app

from kernel.errors import Problem, TooMany

log = structlog.get_logger("launch90")
SECONDS = 60.0
"""How long one document may take."""
MEGABYTES = 2048
"""How much address space the child may use."""
RENEWED_AFTER = 100
"""Documents after which a fresh child takes over, so that memory cannot creep."""
PANGO = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 (macOS: brew install pango)"
WARMING = (
    '<!doctype html><html lang="en"><head><title>Warm</title><link rel="stylesheet" href="/static/css/report-pdf.css">'
    "</head><body>Ready</body></html>"
)
"""A page with the font of our documents: loading it is most of what the first document waits for."""
_BEYOND_LATIN = re.compile(
    "[\u0100-\u0130\u0132-\u0151\u0154-\u02ba\u02bd-\u02c5\u02c7-\u02cc\u02ce-\u02d7\u0370-\u052f\u1e00-\u1fff\u20a0-\u20ab\u20ad-\u20c0\u2113\u2116]"
)
"""What stands in css/report-pdf-letters.css."""
_ROOT = Path(__file__).resolve().parent.parent
_START = (
    "import os, sys; os.environ['SOURCE_DATE_EPOCH'] = '1700000000'; sys.path.insert(0, sys.argv[1]); "
    "from infra.pdf_worker import main; main(sys.argv[2], int(sys.argv[3]))"
)
"""The same document gives the same bytes: without that moment the fonts inside would carry the hour."""


def pdf_of(html: str) -> bytes:
    """A tagged PDF (PDF/UA) of a page of ours; it may use our own style sheets and fonts, and data: addresses.

    The page needs a title and a language. Raises Problem with a sentence for people when it can't be made.
    """
    return maker(Path(str(current_app.static_folder))).render(html)


def beyond_latin(text: str) -> bool:
    """Whether a text has letters that only the other fonts of our documents hold, so that these must be read."""
    return _BEYOND_LATIN.search(text) is not None


@cache
def maker(static: Path) -> Maker:
    """The one child for a folder of static files; it starts with the first document and ends with this process."""
    made = Maker(static)
    atexit.register(made.close)
    return made


class Maker:
    """Turns documents into PDFs one after the other; threads wait for their turn."""

    def __init__(self, static: Path, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        """Remember the limits; nothing starts yet."""
        self._static, self._seconds, self._megabytes = static, seconds, megabytes
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._made = 0

    def render(self, html: str) -> bytes:
        """The PDF of a document. Raises Problem."""
        if not self._turn.acquire(timeout=self._seconds):
            raise TooMany("pdf.busy", "Other reports are being made. Try again in a minute.")
        try:
            kind, body = self._ask(json.dumps({"html": html}).encode())
        finally:
            self._turn.release()
        if kind == b"P":
            return body
        raise _problem(kind, body.decode(errors="replace"))

    def warm(self) -> None:
        """Start the child ahead of the first document and let it load what every document needs; may take seconds."""
        with self._turn:
            kind, body = self._ask(json.dumps({"html": WARMING}).encode())
        if kind != b"P":
            log.warning("pdf_not_warm", said=_problem(kind, body.decode(errors="replace")).message)

    def close(self) -> None:
        """End the child."""
        child, self._child, self._made = self._child, None, 0
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                cast("IO[bytes]", pipe).close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and (self._child.poll() is not None or self._made >= RENEWED_AFTER):
            self.close()
        if self._child is None:
            command = [sys.executable, "-c", _START, str(_ROOT), str(self._static), str(self._megabytes)]
            self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)  # noqa: S603  # our own program, no words of others
        return self._child

    def _ask(self, request: bytes) -> tuple[bytes, bytes]:
        child, until = self._running(), monotonic() + self._seconds
        try:
            sender = threading.Thread(target=_send, args=(cast("IO[bytes]", child.stdin), request), daemon=True)
            sender.start()
            pipe = cast("IO[bytes]", child.stdout)
            size, kind = struct.unpack("!Qc", _receive(pipe, 9, until))
            body = _receive(pipe, size, until)
        except TimeoutError:
            self.close()
            return b"T", b""
        except (EOFError, OSError) as error:
            self.close()
            log.exception("pdf_child_ended", error=str(error))
            return b"C", b""
        self._made += 1
        return kind, body


def _send(pipe: IO[bytes], request: bytes) -> None:
    """In a thread, because a child that hangs would let the pipe fill and hold us."""
    message = memoryview(struct.pack("!Q", len(request)) + request)
    try:
        while message:
            message = message[pipe.write(message) :]
    except (OSError, ValueError):
        log.info("pdf_child_gone")


def _receive(pipe: IO[bytes], size: int, until: float) -> bytes:
    """So many bytes; raises TimeoutError, or EOFError when the child ended."""
    parts, missing = [], size
    with DefaultSelector() as selector:
        selector.register(pipe, EVENT_READ)
        while missing:
            if not selector.select(max(0.0, until - monotonic())):
                raise TimeoutError
            part = pipe.read(min(missing, 1024 * 1024))
            if not part:
                raise EOFError("the child ended")
            parts.append(part)
            missing -= len(part)
    return b"".join(parts)


def _problem(kind: bytes, said: str) -> Problem:
    if kind == b"M":
        return Problem(
            "pdf.missing", "PDFs need Pango, which is not installed on the server. Install it: %(how)s.", how=PANGO
        )
    if kind == b"T":
        return Problem("pdf.slow", "The PDF took too long and was given up. Ask for a shorter period or fewer pages.")
    if kind == b"F":
        text = "The PDF was not made, because %(file)s is missing on the server. Install Launch90 again."
        return Problem("pdf.incomplete", text, file=said)
    log.error("pdf_failed", said=said)
    return Problem("pdf.failed", "The PDF could not be made. Tell your administrator; nothing else is affected.")
