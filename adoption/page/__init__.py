"""The page of adoption: how a roll-out is used since it is live, by team, role and person, against its targets."""
