"""Whom a roll-out is for: the teams that will work with the system, and since when they do."""
