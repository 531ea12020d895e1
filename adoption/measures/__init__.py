"""The figures of use of a roll-out: of all its people, and of the teams, roles and people that are told apart."""
