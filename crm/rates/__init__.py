"""The currency that sums are in, and what the others were worth on which day."""
