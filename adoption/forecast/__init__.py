"""Where a roll-out will stand twelve weeks after it went live, with how sure that is."""
