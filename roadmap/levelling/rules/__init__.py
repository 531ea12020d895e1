"""The pure part of levelling: the problem, the answer at once, the grid for the solver, and who may ask."""

from kernel.permission import Visibility, allow

GRANTS = allow("plan.level", administrator=Visibility.ALL, manager=Visibility.ALL)
"""Who may see proposals and take them: whoever may move tasks."""

__all__ = ["GRANTS"]
