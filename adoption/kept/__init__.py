"""What stands (a stock has no other past) as it was seen each day, for the people of a roll-out."""
