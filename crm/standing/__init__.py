"""How an account stands: what it bought lately and what is open with it."""
