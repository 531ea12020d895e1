"""The page on which anybody with a report's code tells an original from an altered copy."""
