"""What of a record is searched, what counts as a hit, and which hit is better: without a database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from crm.objects.rules.catalogue import OBJECTS
from crm.objects.rules.fields import Kind, Mark
from kernel.folding import folded

SOUGHT: Mapping[str, tuple[str, ...]] = {
    "lead": ("name", "company", "email", "phone", "title", "product_interest", "next_step", "description"),
    "account": ("name", "email", "phone", "website", "city", "description"),
    "contact": ("name", "title", "email", "phone", "department", "description"),
    "opportunity": ("name", "product_line", "next_step", "description"),
    "activity": ("name", "outcome", "description"),
    "campaign": ("name", "audience", "description"),
    "product": ("name", "code", "line", "description"),
    "ticket": ("name", "requester_name", "requester_email", "description", "resolution"),
}
"""The fields that the index holds; what is sealed is never among them."""
GRAM = 3
"""So many letters make a piece of the index: shorter words are looked for at the beginning of names only."""
LONGEST, MOST_WORDS = 200, 8
FORGIVING = 5
"""A word of so many letters may hold one typo, from `TWICE` on two."""
TWICE = 9
TYPO = 5
"""The grade of a hit that differs by a typo."""
_DIGITS = re.compile(r"^[\d\s()+./-]{5,}$")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an excerpt; ``hit`` is what was looked for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found: ``grade`` 0 is the best; ``field`` is where the excerpt comes from."""

    kind: str
    id: int
    name: str
    detail: str
    grade: int
    field: str
    excerpt: tuple[Part, ...]

    @property
    def href(self) -> str:
        """Its page."""
        return f"/crm/{OBJECTS[self.kind].plural}/{self.id}"


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one object, the best first; ``more`` says that further ones were left out."""

    kind: str
    hits: tuple[Hit, ...]
    more: bool


def is_sound() -> bool:
    """Whether nothing is searched that is sealed or that is not there."""
    return all(
        OBJECTS.shipped[kind].field(key).mark is not Mark.SENSITIVE for kind, keys in SOUGHT.items() for key in keys
    )


def is_number(kind: str, key: str) -> bool:
    """Whether a field is searched by its digits."""
    shipped = OBJECTS.shipped[kind]  # indexes are made of these before anything else can be read
    return (shipped if shipped.has(key) else OBJECTS[kind]).field(key).kind is Kind.PHONE


def words(text: str) -> tuple[str, ...]:
    """What is looked for: folded words, a telephone number as one; none for less than two letters or digits that say
    nothing.

    >>> words("  Zoë  MAERTENS "), words("+32 (0)2 555 01"), words("a"), words("00000")
    (('zoe', 'maertens'), ('32255501',), (), ())
    """
    cleaned = text.replace("\0", " ")[:LONGEST]
    if _DIGITS.match(cleaned.strip()):
        digits = re.sub(r"\(0\)", "", cleaned)
        number = re.sub(r"\D", "", digits).lstrip("0")
        return (number,) if number else ()
    found = tuple(dict.fromkeys(folded(cleaned).split()))[:MOST_WORDS]
    return found if any(len(each) > 1 for each in found) else ()


def pieces(word: str) -> tuple[str, ...]:
    """Parts of a word of which a typo must leave one whole; none for a word too short to forgive.

    >>> pieces("martens"), pieces("lindquist"), pieces("abcde"), pieces("dams")
    (('mar', 'tens'), ('lin', 'dqu', 'ist'), ('abc', 'cde'), ())
    """
    if len(word) < FORGIVING:
        return ()
    if len(word) == FORGIVING:
        return (word[:GRAM], word[-GRAM:])
    count = 3 if len(word) >= TWICE else 2
    ends = [len(word) * at // count for at in range(count + 1)]
    return tuple(word[start:end] for start, end in pairwise(ends))


def is_near(word: str, other: str) -> bool:
    """Whether two words differ by no more than the typos that a word of that length may hold.

    >>> is_near("martens", "maertens"), is_near("dams", "dame"), is_near("lindquist", "lindqvist")
    (True, False, True)
    """
    if len(word) < FORGIVING:
        return word == other
    most = 2 if len(word) >= TWICE else 1
    start = other[: len(word)]
    return OSA.distance(word, other, score_cutoff=most) <= most or OSA.distance(word, start, score_cutoff=1) <= 1


def plain(kind: str, key: str, text: str | None) -> str:
    """A value as it is compared: folded, a telephone number by its digits."""
    return re.sub(r"[\s()./-]", "", text or "") if is_number(kind, key) else folded(text)


def grade(kind: str, wanted: Sequence[str], cells: Mapping[str, str | None]) -> tuple[int, str] | None:
    """How good a hit is and the field that shows it: 0 the name itself, 1 its beginning, 2 that of a word, 3 within.

    4 elsewhere, 5 with a typo; None is no hit.
    """
    texts = {key: plain(kind, key, value) for key, value in cells.items() if value}
    if all(any(word in text for text in texts.values()) for word in wanted):
        return _grade(wanted, texts)
    near = {
        key: text.replace("@", " ").replace(",", " ").split() for key, text in texts.items() if key != "description"
    }
    for word in wanted:
        if not any(is_near(word, other) for others in near.values() for other in others):
            return None
    best = next((key for key, others in near.items() if any(is_near(wanted[0], other) for other in others)), "name")
    return TYPO, best


def _grade(wanted: Sequence[str], texts: Mapping[str, str]) -> tuple[int, str]:
    name, phrase = texts.get("name", ""), " ".join(wanted)
    if name == phrase:
        return 0, "name"
    if name.startswith(phrase):
        return 1, "name"
    parts = name.split()
    if all(any(part.startswith(word) for part in parts) for word in wanted):
        return 2, "name"
    if all(word in name for word in wanted):
        return 3, "name"
    outside = next(word for word in wanted if word not in name)
    return 4, next(key for key, text in texts.items() if outside in text)


def excerpt(text: str | None, wanted: Iterable[str], around: int = 60) -> tuple[Part, ...]:
    """A stretch of a text around the first hit, with the hits marked.

    >>> [(each.text, each.hit) for each in excerpt("Zoë asked for it", ("zoe",))]
    [('Zoë', True), (' asked for it', False)]
    """
    line = " ".join((text or "").split())
    spans = _spans(line, wanted)
    if not spans:
        return (Part(line[: 2 * around], hit=False),) if line else ()
    start, end = max(0, spans[0][0] - around), spans[0][0] + 2 * around
    found: list[Part] = [Part("…", hit=False)] if start else []
    for first, last in spans:
        if first >= end:
            break
        if first >= start:
            found += [Part(line[start:first], hit=False)] if first > start else []
            found.append(Part(line[first:last], hit=True))
            start = last
    rest = line[start : max(start, end)]
    return (*found, *((Part(rest, hit=False),) if rest else ()), *((Part("…", hit=False),) if end < len(line) else ()))


def _spans(line: str, wanted: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words stand, by letters of the text itself: a folded letter may be two."""
    letters = [folded(sign) for sign in line]
    places = [at for at, sign in enumerate(letters) for _ in sign]
    flat = "".join(letters)
    found: list[tuple[int, int]] = []
    for word in wanted:
        at = flat.find(word)
        while at >= 0 and word:
            found.append((places[at], places[at + len(word) - 1] + 1))
            at = flat.find(word, at + len(word))
    merged: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
