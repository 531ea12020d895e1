"""Who works on a task, with how much of their day, and what that does to its duration and effort."""
