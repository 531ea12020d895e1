"""Action items of a project: who does what by when, and the risk, comment, meeting or task that it came from."""
