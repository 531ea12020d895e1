"""The pipeline: a board of the open deals by stage, moving them, and what is to be expected by month."""
