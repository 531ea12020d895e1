"""What other rooms say of a project on a day, for its report: health, load, risks, actions, money, blockers."""
