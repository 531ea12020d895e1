"""Leads, deals and contacts of a stretch of days, counted by segment, with the records behind each count."""
