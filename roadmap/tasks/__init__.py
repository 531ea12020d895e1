"""The plan itself: tasks, milestones, summaries, their dependencies, and the dates that follow from them."""
