"""What a note may be, and how a confidential one is kept."""

from __future__ import annotations

from kernel.errors import RuleBroken

LONGEST_TITLE = 200
LONGEST_BODY = 20_000


def check(title: str, body: str) -> None:
    """Raise RuleBroken for a note without words, or with too many."""
    if not title.strip() and not body.strip():
        raise RuleBroken("crm.empty_note", "Write something first.", field="body")
    if len(title) > LONGEST_TITLE:
        sentence = "The title has %(length)d characters; at most %(limit)d fit."
        raise RuleBroken("crm.too_long", sentence, field="title", length=len(title), limit=LONGEST_TITLE)
    if len(body) > LONGEST_BODY:
        sentence = "The note has %(length)d characters; at most %(limit)d fit."
        raise RuleBroken("crm.too_long", sentence, field="body", length=len(body), limit=LONGEST_BODY)


def together(title: str, body: str) -> str:
    """Title and body as one text, to be sealed.

    >>> apart(together("Prices", "Ten off"))
    ('Prices', 'Ten off')
    """
    return f"{title.strip()}\n{body}"


def apart(sealed: str) -> tuple[str, str]:
    """The title and the body of a text that was sealed."""
    title, _newline, body = sealed.partition("\n")
    return title, body
