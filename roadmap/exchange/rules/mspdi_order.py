"""The order in which MS Project writes what stands inside an element; it does not open a file in another order."""

from __future__ import annotations

from collections.abc import Mapping

ORDER: Mapping[str, tuple[str, ...]] = {
    name: tuple(tags.split())
    for name, tags in {
        "Project": """
            SaveVersion BuildNumber UID Name GUID Title Subject Category Company Manager Author CreationDate
            Revision LastSaved ScheduleFromStart StartDate FinishDate FYStartDate CriticalSlackLimit CurrencyDigits
            CurrencySymbol CurrencyCode CurrencySymbolPosition CalendarUID BaselineCalendar DefaultStartTime
            DefaultFinishTime MinutesPerDay MinutesPerWeek DaysPerMonth DefaultTaskType DefaultFixedCostAccrual
            DefaultStandardRate DefaultOvertimeRate DurationFormat WorkFormat EditableActualCosts HonorConstraints
            EarnedValueMethod InsertedProjectsLikeSummary MultipleCriticalPaths NewTasksEffortDriven
            NewTasksEstimated SplitsInProgressTasks SpreadActualCost SpreadPercentComplete TaskUpdatesResource
            FiscalYearStart WeekStartDay MoveCompletedEndsBack MoveRemainingStartsBack MoveRemainingStartsForward
            MoveCompletedEndsForward BaselineForEarnedValue AutoAddNewResourcesAndTasks StatusDate CurrentDate
            MicrosoftProjectServerURL Autolink NewTaskStartDate NewTasksAreManual DefaultTaskEVMethod
            ProjectExternallyEdited ExtendedCreationDate ActualsInSync RemoveFileProperties AdminProject
            UpdateManuallyScheduledTasksWhenEditingLinks KeepTaskOnNearestWorkingTimeWhenMadeAutoScheduled Views
            Filters Groups Tables Maps Reports Drawings DataLinks VBAProjects OutlineCodes WBSMasks
            ExtendedAttributes Calendars Tasks Resources Assignments
            """,
        "Calendar": """
            UID GUID Name IsBaseCalendar IsBaselineCalendar BaseCalendarUID WeekDays Exceptions WorkWeeks
            """,
        "Task": """
            UID GUID ID Name Active Manual Type IsNull CreateDate Contact WBS WBSLevel OutlineNumber OutlineLevel
            Priority StartText FinishText DurationText Start Finish Duration ManualStart ManualFinish ManualDuration
            DurationFormat FreeformDurationFormat Work Stop Resume ResumeValid EffortDriven Recurring OverAllocated
            Estimated Milestone Summary DisplayAsSummary Critical IsSubproject IsSubprojectReadOnly SubprojectName
            ExternalTask ExternalTaskProject EarlyStart EarlyFinish LateStart LateFinish StartVariance
            FinishVariance WorkVariance FreeSlack TotalSlack StartSlack FinishSlack FixedCost FixedCostAccrual
            PercentComplete PercentWorkComplete Cost OvertimeCost OvertimeWork ActualStart ActualFinish
            ActualDuration ActualCost ActualOvertimeCost ActualWork ActualOvertimeWork RegularWork RemainingDuration
            RemainingCost RemainingWork RemainingOvertimeCost RemainingOvertimeWork ACWP CV ConstraintType
            CalendarUID ConstraintDate Deadline LevelAssignments LevelingCanSplit LevelingDelay LevelingDelayFormat
            PreLeveledStart PreLeveledFinish Hyperlink HyperlinkAddress HyperlinkSubAddress IgnoreResourceCalendar
            Notes HideBar Rollup BCWS BCWP PhysicalPercentComplete EarnedValueMethod PredecessorLink IsPublished
            StatusManager CommitmentStart CommitmentFinish CommitmentType ActualWorkProtected
            ActualOvertimeWorkProtected ExtendedAttribute Baseline OutlineCode TimephasedData
            """,
        "PredecessorLink": "PredecessorUID Type CrossProject CrossProjectName LinkLag LagFormat",
        "Baseline": """
            TimephasedData Number Interim Start Finish Duration DurationFormat EstimatedDuration Work Cost BCWS BCWP
            FixedCost
            """,
        "Rate": """
            RatesFrom RatesTo RateTable StandardRate StandardRateFormat OvertimeRate OvertimeRateFormat CostPerUse
            """,
        "Exception": """
            EnteredByOccurrences TimePeriod Occurrences Name Type Period DaysOfWeek MonthItem MonthPosition Month
            MonthDay DayWorking WorkingTimes
            """,
        "Resource": """
            UID GUID ID Name Type IsNull Initials Phonetics NTAccount MaterialLabel Code Group WorkGroup
            EmailAddress Hyperlink HyperlinkAddress HyperlinkSubAddress MaxUnits PeakUnits OverAllocated
            AvailableFrom AvailableTo Start Finish CanLevel AccrueAt Work RegularWork OvertimeWork ActualWork
            RemainingWork ActualOvertimeWork RemainingOvertimeWork PercentWorkComplete StandardRate
            StandardRateFormat Cost OvertimeRate OvertimeRateFormat OvertimeCost CostPerUse ActualCost
            ActualOvertimeCost RemainingCost RemainingOvertimeCost WorkVariance CostVariance SV CV ACWP CalendarUID
            Notes BCWS BCWP IsGeneric IsInactive IsEnterprise BookingType ActualWorkProtected
            ActualOvertimeWorkProtected ActiveDirectoryGUID CreationDate IsCostResource AssnOwner AssnOwnerGuid
            IsBudget ExtendedAttribute Baseline OutlineCode AvailabilityPeriods Rates TimephasedData
            """,
        "Assignment": """
            UID GUID TaskUID ResourceUID PercentWorkComplete ActualCost ActualFinish ActualOvertimeCost
            ActualOvertimeWork ActualStart ActualWork ACWP Confirmed Cost CostRateTable RateScale CostVariance CV
            Delay Finish FinishVariance Hyperlink HyperlinkAddress HyperlinkSubAddress WorkVariance
            HasFixedRateUnits FixedMaterial LevelingDelay LevelingDelayFormat LinkedFields Milestone Notes
            Overallocated OvertimeCost OvertimeWork PeakUnits RegularWork RemainingCost RemainingOvertimeCost
            RemainingOvertimeWork RemainingWork ResponsePending Start Stop Resume StartVariance Units UpdateNeeded
            VAC Work WorkContour BCWS BCWP BookingType ActualWorkProtected ActualOvertimeWorkProtected CreationDate
            AssnOwner AssnOwnerGuid BudgetCost BudgetWork ExtendedAttribute Baseline TimephasedData
            """,
    }.items()
}
"""The tags of each element; those of others stay as they were read."""
