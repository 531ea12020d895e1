"""The words that an article is found by, and how good a hit is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

from kernel.folding import folded

LONGEST, MOST_WANTED, MOST_KEPT = 40, 12, 400
TITLE, SUMMARY, CATEGORY, BODY = 8, 4, 3, 1
"""How much a word says of an article by where it stands."""
_REPEATS = 3
"""In the body a word counts at most so often."""
_NO_CHANCE = 3
"""So many words that were written stand in an article that is suggested, unless one stands in its title or summary."""
_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "not",
        "of",
        "on",
        "or",
        "our",
        "so",
        "that",
        "the",
        "their",
        "there",
        "they",
        "this",
        "to",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "you",
        "your",
        "no",
        "get",
        "got",
        "cannot",
        "am",
        "one",
        "three",
        "all",
        "any",
        "some",
        "both",
        "other",
        "every",
        "only",
        "more",
        "than",
        "them",
        "again",
        "since",
        "after",
        "before",
        "ago",
        "always",
        "would",
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """A word of an article that was looked for: how much it says, and in how many articles it stands."""

    article_id: int
    word: str
    weight: int


def wanted(text: str) -> tuple[str, ...]:
    """The words that somebody looks for, or writes in a ticket: folded, without those that say nothing.

    >>> wanted("How do I import the Leads, and the leads' owners?")
    ('import', 'lead', 'owner')
    """
    found = (stem(each) for each in _WORD.findall(folded(text[:2000])))
    kept = (each for each in found if len(each) > 1 and each not in _STOP)
    return tuple(dict.fromkeys(kept))[:MOST_WANTED]


def stem(word: str) -> str:
    """A word without the s of the plural, so that one finds the other.

    >>> stem("leads"), stem("entries"), stem("access"), stem("bus"), stem("status")
    ('lead', 'entry', 'access', 'bus', 'status')
    """
    if len(word) > 4 and word.endswith("ies"):  # shorter ones are no plurals
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):  # the same
        return word[:-1]
    return word[:LONGEST]


def weights(title: str, summary: str, category: str, body: str) -> dict[str, int]:
    """How much each word says of an article."""
    found: Counter[str] = Counter()
    for text, weight, most in (
        (title, TITLE, 1),
        (summary, SUMMARY, 1),
        (category, CATEGORY, 1),
        (body, BODY, _REPEATS),
    ):
        for word, times in Counter(_words(text)).items():
            found[word] += weight * min(times, most)
    return dict(found.most_common(MOST_KEPT))


def _words(text: str) -> Iterable[str]:
    for each in _WORD.findall(folded(text)):
        word = stem(each)[:LONGEST]
        if len(word) > 1 and word not in _STOP:
            yield word


def ranked(words: Iterable[str], hits: Iterable[Found], total: int, *, every: bool) -> list[int]:
    """Articles by how well they fit, the best first: rare words say more than frequent ones.

    A hit is a word that begins with a wanted one; ``every``: each wanted word has to be there, as in a search; without
    it half of what the best fits is enough, as for a suggestion, but a few words somewhere in the text are chance.
    """
    asked, listed = tuple(words), list(hits)
    spread = Counter(
        word for word in asked for _id in {each.article_id for each in listed if each.word.startswith(word)}
    )
    scores: dict[int, dict[str, float]] = {}
    headed: set[int] = set()
    for each in listed:
        for word in asked:
            if each.word.startswith(word):
                whole = 1.0 if each.word == word else 0.5
                rare = 1 + log((total + 1) / (spread[word] + 1))
                mine = scores.setdefault(each.article_id, {})
                mine[word] = max(mine.get(word, 0.0), whole * rare * each.weight)
                if each.word == word and each.weight > BODY * _REPEATS:
                    headed.add(each.article_id)
    least = len(asked) if every else min(_NO_CHANCE, len(asked))
    fitting = {
        number: mine for number, mine in scores.items() if len(mine) >= least or (not every and number in headed)
    }
    sums = {number: sum(mine.values()) for number, mine in fitting.items()}
    best = max(sums.values(), default=0.0)
    return sorted((each for each in sums if every or sums[each] >= best / 2), key=lambda each: (-sums[each], each))


def nearest(word: str, known: Mapping[str, int]) -> str:
    """What a word was most likely meant to be, where nothing begins with it: a known one that differs by one letter.

    >>> nearest("imprt", {"import": 3, "export": 2}), nearest("xyz", {"import": 1})
    ('import', '')
    """
    fitting = [each for each in known if abs(len(each) - len(word)) <= 1 and _one_apart(word, each)]
    return max(fitting, key=lambda each: (known[each], each), default="")


def _one_apart(word: str, other: str) -> bool:
    shorter, longer = sorted((word, other), key=len)
    at = next((place for place, sign in enumerate(shorter) if sign != longer[place]), len(shorter))
    if len(shorter) == len(longer):
        swapped = shorter[:at] + shorter[at : at + 2][::-1] + shorter[at + 2 :]
        return shorter[at + 1 :] == longer[at + 1 :] or swapped == longer
    return shorter[at:] == longer[at + 1 :]
