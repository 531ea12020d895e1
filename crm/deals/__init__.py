"""What a deal consists of: its products, its people, and the way it came through the stages."""
