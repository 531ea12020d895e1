"""The way of the figures: each day's snapshot, control charts by ISO week, and the weeks that stand out."""
