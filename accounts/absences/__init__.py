"""When a person is not there, and how much of a full day they work: days off and part-time shares."""
