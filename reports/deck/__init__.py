"""The portfolio as slides for those who decide: native charts that can be edited, every figure with source and time."""
