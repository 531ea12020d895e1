"""Earned value and earned schedule: what the work is worth against a baseline, on a day and over time."""
