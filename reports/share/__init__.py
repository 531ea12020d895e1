"""Links by which somebody without an account reads a plan, a roadmap or the reports of one project."""
