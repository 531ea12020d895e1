"""What an issued report is, as values: who may issue, what a draft may say, its code, its rounds."""

from kernel.permission import Visibility, allow

ALL = Visibility.ALL

GRANTS = (
    *allow("report.issue", administrator=ALL, manager=ALL),
    *allow("report.schedule", administrator=ALL, manager=ALL),
)
"""A report speaks for the roll-out, so its manager issues it."""
