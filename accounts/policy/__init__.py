"""What the organisation asks of everybody who signs in: second factor, limits of sessions, length of passwords."""
