"""What holds of a plan's rows whatever stores them: states, fields, tree, links, progress, and who may do what."""

from kernel.permission import Visibility, allow

ALL, OWN = Visibility.ALL, Visibility.OWN

GRANTS = (
    *allow("plan.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("plan.edit", administrator=ALL, manager=ALL),
    *allow("task.see", administrator=ALL, manager=ALL, member=ALL, stakeholder=ALL, executive=ALL),
    *allow("task.edit", administrator=ALL, manager=ALL),
    *allow("task.progress", administrator=ALL, manager=ALL, member=OWN),
)
"""A member reports the progress of the tasks that are theirs; the plan itself is the manager's."""
