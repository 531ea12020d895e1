"""What each action on branches of a plan, change requests and the scope is called in a history."""

from __future__ import annotations

from infra.forms import lazy as _l

OF_CHANGES: dict[str, str] = {
    "branch.caught_up": _l("brought a branch of the plan up to date"),
    "branch.changed": _l("called a branch of the plan something else"),
    "branch.made": _l("branched the plan"),
    "branch.merged": _l("merged a branch into the plan"),
    "plan.file_brought": _l("brought the file “%(label)s” into the plan"),
    "plan.file_looked_at": _l("looked at a file for a plan"),
    "plan.file_sent": _l("sent a file for a plan"),
    "plan.file_thrown_away": _l("threw a file for a plan away"),
    "change.added": _l("asked for the change “%(label)s”"),
    "change.applied": _l("applied the change “%(label)s”"),
    "change.changed": _l("wrote the change “%(label)s” anew"),
    "change.decided": _l("decided about the change “%(label)s”"),
    "change.measured": _l("measured what the change “%(label)s” comes to"),
    "change.policy": _l("set who decides about changes"),
    "change.reworked": _l("took the change “%(label)s” up again"),
    "change.submitted": _l("submitted the change “%(label)s”"),
    "change.withdrawn": _l("withdrew the change “%(label)s”"),
    "scope.added": _l("wrote “%(label)s” into the scope"),
    "scope.back": _l("let “%(label)s” hold again in the scope"),
    "scope.changed": _l("changed “%(label)s” in the scope"),
    "scope.taken": _l("took “%(label)s” from the scope"),
    "branch.thrown_away": _l("threw a branch of the plan away"),
}
