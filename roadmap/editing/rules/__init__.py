"""What people do to a plan in place, whatever draws or stores it: acts, a plan to try them on, conflicts, steps."""
