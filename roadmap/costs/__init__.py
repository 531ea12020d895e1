"""What the work costs: rates, budgets, fixed costs and expenses, and what comes of them beside the plan."""
