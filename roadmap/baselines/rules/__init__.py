"""What is frozen in a baseline, and how two of them differ."""
