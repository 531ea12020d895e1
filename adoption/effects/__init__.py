"""What followed something that was done for a group: its figure against that of everybody else."""
