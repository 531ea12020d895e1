"""What may be asked, who may be asked, and what answers add up to."""
