"""Figures that have no source inside: entered or imported, with who, when and proof."""
