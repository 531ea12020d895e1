"""One record that is shared with a person or a team, to read or to edit, for as long as wanted."""
