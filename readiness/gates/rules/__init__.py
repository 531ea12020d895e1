"""What is asked at gates, what evidence makes of it, and how results make a decision."""

from kernel.permission import Visibility, allow

ALL = Visibility.ALL

GRANTS = (
    *allow("readiness.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("readiness.edit", administrator=ALL, manager=ALL),
    *allow("readiness.state", administrator=ALL, manager=ALL, member=ALL),
    *allow("readiness.waive", administrator=ALL, manager=ALL, member=ALL, executive=ALL),
    *allow("readiness.decide", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
)
"""Whoever may see the project may see how ready it is; what is asked is its manager's. Stating, waiving and deciding
are open to whom the service finds named on the criterion or at the gate."""
