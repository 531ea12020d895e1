"""Pages for whoever builds this: every component in both themes. Not registered in production."""
