"""Who works on a plan, and what changed in it since somebody looked: computed from rows alone."""
