"""Who needs help with the CRM, what is offered to them, and what became of it."""
