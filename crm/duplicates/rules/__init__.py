"""What two records have in common, what that is worth, and under which keys they meet."""
