"""What a comment may be."""

from __future__ import annotations

from kernel.errors import RuleBroken


def clean_text(text: str, limit: int) -> str:
    r"""The text as it is stored: line ends as one character, nothing around it, no characters that cannot be shown.

    Raises RuleBroken for an empty text and for one longer than ``limit`` characters.

    >>> clean_text("  Done\r\nat last ", 100)
    'Done\nat last'
    """
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    if not cleaned:
        raise RuleBroken("comments.empty", "Write a few words first.", field="text")
    if len(cleaned) > limit:
        raise RuleBroken(
            "comments.too_long",
            "That is %(length)s characters; a comment can have %(limit)s. Shorten it, or attach it as a file.",
            field="text",
            length=f"{len(cleaned):,}",
            limit=f"{limit:,}",
        )
    return cleaned
