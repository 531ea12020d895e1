"""The help desk of a roll-out: the queue in which its people's trouble waits, and its page."""
