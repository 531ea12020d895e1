"""What people agreed to, with proof; who asked not to be written to; and whose data may only be kept."""
