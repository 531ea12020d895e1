"""What the child process of `infra.pdf` runs: one document after the other, from standard input to standard output."""

from __future__ import annotations

import json
import logging
import resource
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

BASE = "http://launch90.invalid/"
"""Where documents seem to come from, so that links to our static files are recognised; no such host exists."""
_OPEN = {"css": "text/css", "fonts": "font/woff2"}
_SUFFIXES = {".css", ".woff2"}
_CPU_SECONDS = 3600


def main(static: str, megabytes: int) -> None:
    """Serve until standard input ends."""
    limit = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    render = _renderer(Path(static).resolve())
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while (head := source.read(8)) and len(head) == struct.calcsize("!Q"):
        request = json.loads(source.read(struct.unpack("!Q", head)[0]))
        _answer(target, *render(request))


def _answer(target: BinaryIO, kind: bytes, body: bytes) -> None:
    target.write(struct.pack("!Qc", len(body), kind))
    target.write(body)
    target.flush()


def _renderer(static: Path) -> Callable[[dict[str, str]], tuple[bytes, bytes]]:
    try:
        import weasyprint  # noqa: PLC0415  # fails where Pango is missing, and takes most of a second
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415  # the same
    except OSError as error:
        said = str(error).encode()
        return lambda _request: (b"M", said)
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    missing: list[str] = []
    fetcher = _fetcher(static, missing)

    def render(request: dict[str, str]) -> tuple[bytes, bytes]:
        missing.clear()
        try:
            page = weasyprint.HTML(string=request["html"], base_url=BASE, url_fetcher=fetcher)
            made = page.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True, font_config=FontConfiguration())
        except Exception as error:  # noqa: BLE001  # whatever it is, the other side is told
            return b"E", f"{type(error).__name__}: {error}".encode()
        return (b"F", ", ".join(missing).encode()) if missing else (b"P", made)

    return render


def _fetcher(static: Path, missing: list[str]) -> Any:
    """Gives data: addresses and our own style sheets and fonts; all else is refused, the network first of all.

    A file of ours that is gone is written to ``missing``: the renderer itself would go on with another font.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415  # see above

    class OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # published without types
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url.startswith(BASE):
                path = own_file(static, url)
                kind = _OPEN[path.parts[len(static.parts)]]
                return URLFetcherResponse(url, _content(path, missing), {"Content-Type": kind})
            return super().fetch(url, headers)

    return OwnFilesOnly(allowed_protocols={"data"}, allow_redirects=False)


def _content(path: Path, missing: list[str]) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        missing.append(path.name)
        raise


def own_file(static: Path, url: str) -> Path:
    """The file behind an address of ours; raises ValueError for anything but a style sheet or font of ours."""
    first, _, rest = urlsplit(url).path.lstrip("/").partition("/")
    path = (static / rest).resolve()
    inside = path.is_relative_to(static) and len(path.parts) > len(static.parts) + 1
    if first != "static" or not inside or path.parts[len(static.parts)] not in _OPEN or path.suffix not in _SUFFIXES:
        raise ValueError(f"Not one of our style sheets or fonts: {url}")
    return path
