"""What a rule is made of, a file a subject: its parts, its conditions, its sense, its texts, and those that ship."""
