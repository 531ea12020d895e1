"""What people worked on and for how long, and what keeps them from working."""
