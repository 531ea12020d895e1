"""Who a campaign reached, what it cost and what came of it."""
