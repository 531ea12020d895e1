"""The pages of teams: the tree, who is in which, and moving people with their open records."""
