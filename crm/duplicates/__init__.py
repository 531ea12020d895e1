"""Records that may be one and the same: found as they are written, with a score that says what it is made of."""
