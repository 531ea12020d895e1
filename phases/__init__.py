"""What each phase needs beyond its tasks and checklists."""
