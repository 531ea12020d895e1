"""What is recognised: points for what helps everybody, badges, boards, rewards, and the way out of all of it."""
