"""Who is called by @name in a comment, and who else is told that somebody commented."""
