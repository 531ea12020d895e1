"""Queues that tickets wait in, and the matrix that gives a ticket its priority."""
