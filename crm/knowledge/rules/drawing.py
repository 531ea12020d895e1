"""From the text of an article to what a page draws: headings, paragraphs, lists, code, links. Nothing else is known.

It is plain text with a few signs: ``## Heading``, ``- item``, ``1. step``, ``> note``, three backticks around code,
``**bold**``, `` `code` `` and ``[words](https://…)``. Whatever else is written stays text, so that no page breaks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_INLINE = re.compile(r"\*\*(?P<bold>[^*\n]+)\*\*|`(?P<code>[^`\n]+)`|\[(?P<words>[^\]\n]+)\]\((?P<href>[^)\s]+)\)")
_LINK = re.compile(r"https?://[^\s<>\"']+|/[^\s/\\][^\s<>\"']*|mailto:[^\s<>\"']+", re.IGNORECASE)
_ITEM = re.compile(r"[-*] +(?P<text>.+)")
_STEP = re.compile(r"\d{1,3}[.)] +(?P<text>.+)")
_FENCE = "```"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text: plain, bold, code, or a link to ``href``."""

    kind: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, note, code, list or steps; lists have a line for each item."""

    kind: str
    lines: tuple[tuple[Span, ...], ...]


def blocks(text: str) -> list[Block]:
    r"""The blocks of an article.

    >>> [each.kind for each in blocks("## Why\n\nBecause.\n\n- one\n- two")]
    ['heading', 'paragraph', 'list']
    """
    found: list[Block] = []
    kind, lines = "", list[str]()
    for line, what, said in _lines(text):
        if what != kind or line == "" or what == "heading":
            _close(found, kind, lines)
            kind, lines = what, []
        if said is not None:
            lines.append(said)
    _close(found, kind, lines)
    return found


def _lines(text: str) -> Iterator[tuple[str, str, str | None]]:
    """Each line, what it belongs to, and what it says."""
    inside = False
    for line in text.replace("\r\n", "\n").split("\n"):
        stripped = line.strip()
        if stripped.startswith(_FENCE):
            inside = not inside
            yield "", "code" if inside else "", None
        elif inside:
            yield line or " ", "code", line
        elif not stripped:
            yield "", "", None
        elif stripped.startswith("#") and stripped.lstrip("#").startswith(" "):
            yield line, "heading", stripped.lstrip("#").strip()
        elif item := _ITEM.fullmatch(stripped):
            yield line, "list", item["text"]
        elif step := _STEP.fullmatch(stripped):
            yield line, "steps", step["text"]
        elif stripped.startswith(">"):
            yield line, "note", stripped[1:].strip()
        else:
            yield line, "paragraph", stripped


def _close(found: list[Block], kind: str, lines: list[str]) -> None:
    if not kind or not lines:
        return
    if kind == "code":
        found.append(Block(kind, ((Span("plain", "\n".join(lines)),),)))
    else:
        found.append(Block(kind, tuple(tuple(spans(line)) for line in lines)))


def spans(line: str) -> Iterator[Span]:
    """The stretches of a line.

    >>> [(each.kind, each.text) for each in spans("Open **Settings** and [read](/crm)")]
    [('plain', 'Open '), ('bold', 'Settings'), ('plain', ' and '), ('link', 'read')]
    """
    at = 0
    for hit in _INLINE.finditer(line):
        found = _span(hit)
        if found is None:
            continue
        if hit.start() > at:
            yield Span("plain", line[at : hit.start()])
        yield found
        at = hit.end()
    if at < len(line):
        yield Span("plain", line[at:])


def _span(hit: re.Match[str]) -> Span | None:
    if hit["bold"]:
        return Span("bold", hit["bold"])
    if hit["code"]:
        return Span("code", hit["code"])
    return Span("link", hit["words"], hit["href"]) if _LINK.fullmatch(hit["href"]) else None
