"""The 5 by 5 map of risks, small: how many lie in each cell."""

from collections import Counter
from collections.abc import Iterable

SIDE = 5


def cells(ratings: Iterable[tuple[int | None, int | None]]) -> tuple[tuple[int, ...], ...]:
    """How many risks each cell holds: rows by probability from 5 down to 1, columns by impact from 1 to 5.

    Risks that nobody rated are in none.

    >>> cells([(5, 1), (1, 5), (1, 5), (None, 3)])[0], cells([(1, 5), (1, 5)])[-1]
    ((1, 0, 0, 0, 0), (0, 0, 0, 0, 2))
    """
    counted = Counter(ratings)
    scale = range(1, SIDE + 1)
    return tuple(tuple(counted[probability, impact] for impact in scale) for probability in reversed(scale))
