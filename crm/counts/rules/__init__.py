"""Stretches of days, and what was counted in them."""
