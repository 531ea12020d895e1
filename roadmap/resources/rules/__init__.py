"""The pure part of resources: who may do what, what an allocation may be, and load."""

from .allocations import GRANTS, NOTE_LIMIT, Period, check_allocation, range_words

__all__ = ["GRANTS", "NOTE_LIMIT", "Period", "check_allocation", "range_words"]
