"""All pairs among many profiles: those that share a key that few share, each compared once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from crm.duplicates.rules.keys import FULLEST, keys
from crm.duplicates.rules.profiles import Profile
from crm.duplicates.rules.scores import POSSIBLE_FROM, Score, score


def candidates(profiles: Sequence[Profile]) -> set[tuple[int, int]]:
    """Which profiles meet, by their places in the sequence; the lower place first."""
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for place, profile in enumerate(profiles):
        for key in keys(profile):
            blocks[key].append(place)
    return {pair for block in blocks.values() if len(block) <= FULLEST for pair in combinations(block, 2)}


def pairs(profiles: Sequence[Profile]) -> Iterator[tuple[tuple[int, int], Score]]:
    """The pairs that are at least possible, with their scores."""
    for one, other in candidates(profiles):
        found = score(profiles[one], profiles[other])
        if found.bits >= POSSIBLE_FROM:
            yield (one, other), found
