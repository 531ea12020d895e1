"""XML from strangers, read without harm into plain mappings: a text, a mapping or a list of them by tag."""

from __future__ import annotations

import io
from collections.abc import Container
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from kernel.errors import RuleBroken

Node = dict[str, Any]
"""What stands inside an element, by tag without its namespace; a tag that comes again holds a list."""
DEEPEST = 40


def read(content: bytes, root: str, lists: Container[str]) -> Node:
    """The mapping of a document whose outermost element is ``root``; ``lists`` names the elements that only hold rows.

    Rows are read one after the other, so that a long document needs little more memory than what it says. Raises
    RuleBroken for a document type, an entity, another root, an end that comes too early or nesting without end.
    """
    found: Node = {}
    path: list[str] = []
    try:
        for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(_local(element.tag))
                _check(path, root)
                continue
            if len(path) == 2 and path[1] not in lists:
                _add(found, path[1], _value(element))
                element.clear()
            elif len(path) == 3 and path[1] in lists:
                _add(found.setdefault(path[1], {}), path[2], _value(element))
                element.clear()
            path.pop()
    except DefusedXmlException as error:
        text = "This XML brings definitions of its own (a DOCTYPE or entities). Plans have none; it was not read."
        raise RuleBroken("import.xml_entities", text, field="file") from error
    except (ParseError, ValueError, LookupError) as error:
        text = "This XML ends too early or is damaged: %(what)s. Save the plan again."
        raise RuleBroken("import.xml_broken", text, field="file", what=str(error)[:120]) from error
    return found


def rows(node: Node, *tags: str) -> list[Node]:
    """The mappings found under a path of tags, however many there are.

    >>> rows({"Tasks": {"Task": {"UID": "1"}}}, "Tasks", "Task")
    [{'UID': '1'}]
    """
    found: Any = node
    for tag in tags:
        found = found.get(tag) if isinstance(found, dict) else None
    several = found if isinstance(found, list) else [found]
    return [each for each in several if isinstance(each, dict)]


def _check(path: list[str], root: str) -> None:
    if path[0] != root:
        text = "This XML is no plan: it holds “%(found)s”, a plan of MS Project holds “%(root)s”."
        raise RuleBroken("import.xml_other", text, field="file", found=path[0][:60], root=root)
    if len(path) > DEEPEST:
        text = "This XML is nested too deeply to be a plan."
        raise RuleBroken("import.xml_deep", text, field="file")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _value(element: Element) -> Any:
    if not len(element):
        return element.text or ""
    node: Node = {}
    for child in element:
        _add(node, _local(child.tag), _value(child))
    return node


def _add(node: Node, tag: str, value: Any) -> None:
    there = node.get(tag)
    if there is None:
        node[tag] = value
    elif isinstance(there, list):
        there.append(value)
    else:
        node[tag] = [there, value]
