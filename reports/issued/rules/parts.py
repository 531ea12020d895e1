"""Parts of a report that not every reader gets: marked where they are written, taken out by their marks."""

import re
from collections.abc import Iterable

COST, BLOCKERS = "cost", "blockers"
PARTS = (BLOCKERS, COST)
"""What can be withheld."""


def begin(part: str) -> str:
    """The mark before a part: a comment of HTML, which no text of a person can contain unescaped."""
    return f"<!--[{part}]-->"


def end(part: str) -> str:
    """The mark after a part."""
    return f"<!--[/{part}]-->"


def without(html: str, withheld: Iterable[str]) -> str:
    """A document without some of its parts.

    >>> without(f"<p>Plan</p>{begin('cost')}<p>12 000</p>{end('cost')}", ["cost"])
    '<p>Plan</p>'
    """
    for part in withheld:
        html = re.sub(re.escape(begin(part)) + r".*?" + re.escape(end(part)), "", html, flags=re.DOTALL)
    return html


def held(html: str) -> list[str]:
    """Which of the parts a document has.

    >>> held(begin("cost") + end("cost"))
    ['cost']
    """
    return [part for part in PARTS if begin(part) in html]


def edition_of(html: str, withheld: Iterable[str]) -> str:
    """The name of what is left: the parts that the document has and this reader does not get; empty for all of it."""
    wanted = set(withheld)
    return "+".join(part for part in held(html) if part in wanted)
