"""Three-point estimates (PERT: Malcolm, Roseboom, Clark and Fazar, 1959)."""

from dataclasses import dataclass

from kernel.errors import RuleBroken


@dataclass(frozen=True, slots=True)
class Estimate:
    """Optimistic, most likely and pessimistic, in one unit. Raises `RuleBroken` when they are out of order."""

    optimistic: float
    likely: float
    pessimistic: float

    def __post_init__(self) -> None:
        if not 0 <= self.optimistic <= self.likely <= self.pessimistic:
            raise RuleBroken(
                "plan.estimate",
                "An estimate goes from optimistic over most likely to pessimistic, each at least the one before.",
            )

    @property
    def mean(self) -> float:
        """(o + 4m + p) / 6.

        >>> Estimate(4, 6, 14).mean
        7.0
        """
        return (self.optimistic + 4 * self.likely + self.pessimistic) / 6

    @property
    def deviation(self) -> float:
        """Standard deviation, (p - o) / 6.

        >>> round(Estimate(4, 6, 14).deviation, 3)
        1.667
        """
        return (self.pessimistic - self.optimistic) / 6
