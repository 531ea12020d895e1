"""The people that a roll-out brings on board: who counts, in which team and role, and since when."""
