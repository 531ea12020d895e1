"""The page where a roll-out's colour is claimed beside the computed one, and where contradictions are answered."""
