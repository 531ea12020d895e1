"""Which earlier mails an answer names, and what an acknowledgement says.

After RFC 5322 (3.6.4: an answer names the mail that it answers and those before it) and RFC 3834 (automatic answers).
"""

from __future__ import annotations

from collections.abc import Sequence

MOST_NAMED = 20
"""Mails that an answer names at most: the first, and the last ones before it."""


def named(references: Sequence[str]) -> tuple[str, ...]:
    """The Message-IDs that an answer names, of all before it in their order.

    >>> named(["a@x", "", "b@x", "a@x"])
    ('a@x', 'b@x')
    """
    found = tuple(dict.fromkeys(each for each in references if each))
    return found if len(found) <= MOST_NAMED else (found[0], *found[1 - MOST_NAMED :])
