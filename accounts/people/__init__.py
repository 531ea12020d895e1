"""People and companies: those who sign in, and those who only appear in a plan."""
