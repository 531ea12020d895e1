"""Timed work: what a job is, who may run the timetable, and what became of each run."""
