"""What a file's columns mean, and what becomes of its rows."""
