"""What a portfolio says to those who decide: where each roll-out stands, what needs a decision, and the sentence."""
