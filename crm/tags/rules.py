"""What a tag may be called."""

from __future__ import annotations

from kernel.errors import RuleBroken

LONGEST = 60
COLOURS = (1, 2, 3, 4, 5)
"""The pairs of colours that avatars have."""


def clean(name: str) -> str:
    """A tag's name without idle space. Raises RuleBroken for none, and for one that is too long.

    >>> clean("  Key   account ")
    'Key account'
    """
    found = " ".join("".join(each for each in name if each.isprintable() or each == " ").split())
    if not found:
        raise RuleBroken("crm.no_tag", "Write a word for the tag.", field="name")
    if len(found) > LONGEST:
        sentence = "The tag has %(length)d characters; at most %(limit)d fit."
        raise RuleBroken("crm.too_long", sentence, field="name", length=len(found), limit=LONGEST)
    return found
