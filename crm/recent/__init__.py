"""What somebody looked at last, and what they marked with a star."""
