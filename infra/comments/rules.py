"""What a comment may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from kernel.errors import RuleBroken

MOST_MENTIONED = 20
"""How many people one comment can call."""
_MOST_TRIED = 300
_LONGEST = 250
_AT = re.compile(r"(?<![\w.@/+-])@(?=\w)")
_WORD = re.compile(r"\w[\w.'’-]*")


@dataclass(slots=True)
class Mentions:
    """Who is meant by the @names of a text: places with the person's number, and what could not be told."""

    places: list[list[int]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    several: dict[str, list[str]] = field(default_factory=dict)
    left_out: int = 0

    @property
    def people(self) -> list[int]:
        """Everybody who is meant, each once, in the order of the text."""
        return list(dict.fromkeys(place[2] for place in self.places))


def mentions(text: str, people: Mapping[int, tuple[str, str]]) -> Mentions:
    """The @names of a text: a whole name, or a word of it or of the address if only one person has it.

    ``people`` maps a number to name and address. An @ inside a word, as in an address, calls nobody.

    >>> found = mentions("Ask @maren and @Jo.", {4: ("Maren Solberg", "maren@norvane.example")})
    >>> found.places, found.unknown
    ([[4, 10, 4]], ['Jo'])
    """
    found, called, by_word = Mentions(), set[int](), _by_word(people)
    for at in islice(_AT.finditer(text), _MOST_TRIED):
        typed, meant = _meant(text[at.end() : at.end() + _LONGEST], people, by_word)
        if len(meant) == 1 and (meant[0] in called or len(called) < MOST_MENTIONED):
            found.places.append([at.start(), at.end() + len(typed), meant[0]])
            called.add(meant[0])
        elif len(meant) == 1:
            found.left_out += 1
        elif meant:
            found.several[typed] = sorted(people[number][0] for number in meant)
        elif typed not in found.unknown:
            found.unknown.append(typed)
    return found


def in_parts(text: str, places: Iterable[Sequence[int]]) -> tuple[tuple[str, bool], ...]:
    """A text in pieces, each with whether it is a name; places that do not fit the text are passed over.

    >>> in_parts("Ask @maren.", [[4, 10, 4]])
    (('Ask ', False), ('@maren', True), ('.', False))
    """
    parts, done = [], 0
    for start, end, *_number in sorted(map(list, places)):
        if done <= start < end <= len(text):
            parts += [(text[done:start], False), (text[start:end], True)]
            done = end
    return tuple(part for part in (*parts, (text[done:], False)) if part[0])


def _meant(rest: str, people: Mapping[int, tuple[str, str]], by_word: Mapping[str, list[int]]) -> tuple[str, list[int]]:
    """What was typed after an @, and who it may be: the longest whole name that fits, else whoever has that word."""
    word = _WORD.match(rest)
    typed = word.group().rstrip(".'’-") if word else ""
    near = by_word.get(typed.casefold(), [])
    whole = [number for number in near if _begins(rest, people[number][0])]
    longest = max((len(people[number][0]) for number in whole), default=0)
    if longest:
        return rest[:longest], [number for number in whole if len(people[number][0]) == longest]
    return typed, near


def _begins(rest: str, name: str) -> bool:
    after = rest[len(name) : len(name) + 1]
    return bool(name) and rest[: len(name)].casefold() == name.casefold() and not after.isalnum()


def _by_word(people: Mapping[int, tuple[str, str]]) -> dict[str, list[int]]:
    """Who has a word in their name, or as the first half of their address."""
    found: dict[str, list[int]] = {}
    for number, (name, address) in people.items():
        for word in {*name.casefold().split(), address.partition("@")[0].casefold()} - {""}:
            found.setdefault(word, []).append(number)
    return found


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
