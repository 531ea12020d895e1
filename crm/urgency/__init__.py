"""The page on which the matrix of priorities is edited."""
