"""Branches of a plan: tried on, compared side by side, merged back or thrown away."""
