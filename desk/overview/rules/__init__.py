"""Who works on a plan, computed from its rows alone."""
