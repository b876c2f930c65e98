"""What changed last, as an Atom feed (RFC 4287)."""

from collections.abc import Iterable
from xml.etree import ElementTree

from acopio.portal.exports.datapackage import Descriptor
from acopio.portal.exports.texts import storable

_ATOM = "http://www.w3.org/2005/Atom"
# Enough to know what it is; the dataset's page has all of it.
_SUMMARY = 1_000


def feed(descriptors: Iterable[Descriptor], base: str, *, title: str, updated: str) -> bytes:
    """Return the feed; ``updated`` is when it last changed (RFC 3339)."""
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed")
    _add(root, "title", title)
    _add(root, "id", f"{base}/feeds/dataset.atom")
    _add(root, "updated", updated)
    _link(root, "self", f"{base}/feeds/dataset.atom", "application/atom+xml")
    _link(root, "alternate", f"{base}/dataset/", "text/html")
    for one in descriptors:
        _entry(root, one, base)
    found: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return found


def _entry(root: ElementTree.Element, one: Descriptor, base: str) -> None:
    entry = ElementTree.SubElement(root, f"{{{_ATOM}}}entry")
    _add(entry, "title", one["title"])
    _add(entry, "id", f"{base}/dataset/{one['id']}")
    _add(entry, "updated", one["updated"])
    _add(entry, "published", one["created"])
    _link(entry, "alternate", f"{base}/dataset/{one['name']}", "text/html")
    for word in one.get("keywords", ()):
        ElementTree.SubElement(entry, f"{{{_ATOM}}}category", term=storable(word))
    publisher = next((c for c in one.get("contributors", ()) if c["role"] == "publisher"), None)
    author = ElementTree.SubElement(entry, f"{{{_ATOM}}}author")
    _add(author, "name", publisher["title"] if publisher else one["name"])
    _add(entry, "summary", (one.get("description") or "")[:_SUMMARY])


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}").text = storable(text)


def _link(parent: ElementTree.Element, rel: str, href: str, kind: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}link", rel=rel, href=href, type=kind)
