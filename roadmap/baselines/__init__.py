"""Baselines: frozen copies of a plan, what changed since, and the value that the work earned against one of them."""
