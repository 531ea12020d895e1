"""What one person has to do, across all roll-outs, sorted by when it is due."""
