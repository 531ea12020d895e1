"""List views: a table declared once is filtered, sorted, paged, saved and exported the same way everywhere."""

from infra.lists.large import Beside, Large
from infra.lists.pages import ListView, answer, open_view
from infra.lists.rules import Column, Format, Kind, ListSpec

__all__ = ["Beside", "Column", "Format", "Kind", "Large", "ListSpec", "ListView", "answer", "open_view"]
