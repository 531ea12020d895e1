"""Tasks whose progress is counted from their checklist instead of being reported."""
