"""Files brought in: kept as drafts, looked at, checked, brought in batch by batch, and taken back."""
