"""Counting records within what the reader may see: activities from tallies of days, the rest by its indexes."""
