"""Decisions at gates: taken once, frozen with all that they rest on, superseded by another, never edited."""
