"""The way of a lead: how far it came, why it was given up, and turning it into an account, a contact and a deal."""
