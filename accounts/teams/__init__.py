"""Teams, one above the other, and who belongs to which."""
