"""Evidence from the plan of a roll-out: checklists, milestones, tasks, risks, health, action items."""
