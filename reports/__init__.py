"""Composed documents and their life: the status report as a page and as a PDF."""
