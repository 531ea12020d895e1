"""Words that people of an organisation wrote themselves, where a page expects words of the product."""

from __future__ import annotations


class OwnWords(str):
    """A name that somebody typed: it is not looked up in a translation, and it is no markup.

    Templates translate the labels of fields; a translation may hold markup and marks for values, a typed name must not.
    """

    __slots__ = ()
