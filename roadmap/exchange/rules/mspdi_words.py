"""The numbers by which MS Project means things, and the tags that are read or worked out again."""

from __future__ import annotations

LINKS = {0: "FF", 1: "FS", 2: "SF", 3: "SS"}
CONSTRAINTS = {0: "ASAP", 1: "ALAP", 2: "MSO", 3: "MFO", 4: "SNET", 5: "SNLT", 6: "FNET", 7: "FNLT"}
FIXED = {0: "units", 1: "duration", 2: "work"}
KINDS = {0: "material", 1: "work"}
ESTIMATED = 32
"""Added to a duration's format where the duration is only estimated."""
ELAPSED = frozenset({4, 6, 8, 10, 12, 20})
PERCENT = frozenset({19, 20})
NOBODY = "-65535"
"""The resource of an assignment that stands for work of nobody yet."""
UNITS_IN_LAG = {"working": 7, "elapsed": 8, "percent": 19, "elapsed percent": 20}
"""The format in which a lag is written, by what it counts."""

TASK_READ = frozenset(
    {
        "UID",
        "ID",
        "Name",
        "Active",
        "Manual",
        "Type",
        "IsNull",
        "OutlineLevel",
        "Priority",
        "Duration",
        "Work",
        "EffortDriven",
        "Summary",
        "PercentComplete",
        "ActualStart",
        "ActualFinish",
        "ActualDuration",
        "Stop",
        "Resume",
        "ConstraintType",
        "ConstraintDate",
        "Deadline",
        "CalendarUID",
        "IgnoreResourceCalendar",
        "LevelingDelay",
        "ManualStart",
        "ManualFinish",
        "ManualDuration",
        "Notes",
        "PredecessorLink",
    }
)
TASK_DERIVED = frozenset(
    {
        "OutlineNumber",
        "Start",
        "Finish",
        "EarlyStart",
        "EarlyFinish",
        "LateStart",
        "LateFinish",
        "StartVariance",
        "FinishVariance",
        "WorkVariance",
        "FreeSlack",
        "TotalSlack",
        "StartSlack",
        "FinishSlack",
        "Critical",
        "OverAllocated",
        "RemainingDuration",
        "RemainingWork",
        "RegularWork",
        "LevelingDelayFormat",
        "TimephasedData",
    }
)
"""What another program worked out from the rest: it is worked out again."""
RESOURCE_READ = frozenset(
    {"UID", "ID", "Name", "Type", "IsNull", "IsCostResource", "MaxUnits", "CalendarUID", "EmailAddress"}
)
RESOURCE_DERIVED = frozenset(
    {
        "Start",
        "Finish",
        "PeakUnits",
        "OverAllocated",
        "Work",
        "RegularWork",
        "RemainingWork",
        "WorkVariance",
        "TimephasedData",
    }
)
ASSIGNMENT_READ = frozenset({"UID", "TaskUID", "ResourceUID", "Units", "Work", "ActualWork", "Delay"})
ASSIGNMENT_DERIVED = frozenset(
    {"Start", "Finish", "StartVariance", "FinishVariance", "WorkVariance", "Overallocated", "TimephasedData"}
    | {"RemainingWork", "RegularWork", "PercentWorkComplete"}
)
PROJECT_READ = frozenset(
    {
        "Name",
        "Title",
        "StartDate",
        "FinishDate",
        "ScheduleFromStart",
        "StatusDate",
        "CriticalSlackLimit",
        "CalendarUID",
        "CurrentDate",
        "Calendars",
        "Tasks",
        "Resources",
        "Assignments",
    }
)
LISTS = frozenset({"Calendars", "Tasks", "Resources", "Assignments"})
"""The elements that hold rows."""
