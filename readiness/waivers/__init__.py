"""Waivers: asked for by one person, given for a while by whoever decides about the criterion."""
