"""The calendar: what was done and what is planned, by month, week or as a list."""
