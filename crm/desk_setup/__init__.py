"""Setting up the help desk: its queues, and the answers that are written again and again."""
