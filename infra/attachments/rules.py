"""What a file may be: its kind by its content, and a name that is safe everywhere."""

from __future__ import annotations

import unicodedata

from kernel.errors import RuleBroken

LONGEST_NAME = 150
OPAQUE = "application/octet-stream"
TEXT = "text/plain"

_EXECUTABLE = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"L\x00\x00\x00\x01\x14\x02\x00",
)
_PROGRAM_NAMES = frozenset(
    {
        *("app", "bat", "cmd", "com", "cpl", "dll", "exe", "hta", "jar", "js", "jse", "lnk", "msi", "msp"),
        *("pif", "ps1", "reg", "scr", "sh", "vb", "vbe", "vbs", "wsf", "wsh"),
    }
)
_BY_NAME = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_STARTS = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "application/zip": (b"PK\x03\x04", b"PK\x05\x06"),
    _BY_NAME["docx"]: (b"PK\x03\x04",),
    _BY_NAME["xlsx"]: (b"PK\x03\x04",),
    _BY_NAME["pptx"]: (b"PK\x03\x04",),
}
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<body", b"<head", b"<iframe")


def content_type(name: str, head: bytes, guess: str | None) -> str:
    """The type of a file by its first bytes; ``guess`` is what a table of signatures says, if it knows any.

    Raises RuleBroken for an empty file, a program, and a name that promises another kind than the content is. Markup
    that a browser would run (HTML, SVG, XML) is only ever handed out as unspecific bytes.
    """
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if not head:
        raise RuleBroken("files.empty", "“%(name)s” is empty.", field="file", name=name)
    if head.startswith(_EXECUTABLE) or extension in _PROGRAM_NAMES:
        raise RuleBroken(
            "files.program", "“%(name)s” is a program. Programs and scripts can't be attached.", field="file", name=name
        )
    if is_markup(head):
        return OPAQUE
    promised = _BY_NAME.get(extension)
    if promised is not None:
        if not head.startswith(_STARTS[promised]):
            raise RuleBroken(
                "files.mismatch",
                "“%(name)s” ends in .%(extension)s, but its content is something else. Give it its right name first.",
                field="file",
                name=name,
                extension=extension,
            )
        return promised
    if _is_text(head):
        return TEXT
    return guess if guess and guess not in ("text/html", "image/svg+xml", "application/xhtml+xml") else OPAQUE


def is_markup(head: bytes) -> bool:
    """Whether a browser could take these bytes for a page or a drawing with scripts."""
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\0").lower()
    return start.startswith(_MARKUP) or b"<svg" in start or b"<html" in start or b"<script" in start


def safe_name(name: str) -> str:
    r"""A file name without folders, control characters and marks that reorder text; at most 150 characters.

    >>> safe_name("..\\..\\Übersicht\u202egpj.exe\n")
    'Übersichtgpj.exe'
    >>> safe_name("///")
    'file'
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip(" .")
    stem, dot, extension = kept.rpartition(".")
    if dot and len(extension) <= 10:
        kept = f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}" if stem else extension
    return kept[:LONGEST_NAME] or "file"


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3
    return True
