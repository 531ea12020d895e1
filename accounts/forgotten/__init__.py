"""A forgotten password: a link by mail, and the same answer whoever asks."""
