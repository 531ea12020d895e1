"""What the template foresees in each phase, to be planned and noted until the room it belongs to brings it to life."""
