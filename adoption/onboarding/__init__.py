"""How people come on board: from the invitation to a habit, and how long those who began together stay."""
