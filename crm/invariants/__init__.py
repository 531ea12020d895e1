"""What no change of roles may bring about, such as that a representative exports contacts."""
