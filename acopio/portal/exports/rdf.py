"""The catalogue as DCAT 3, in the profile DCAT-AP: Turtle, RDF/XML or JSON-LD, by rdflib."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from acopio import frequency
from acopio.portal.exports.datapackage import Descriptor
from acopio.portal.exports.listing import Page
from acopio.portal.exports.texts import iri, storable

if TYPE_CHECKING:
    from rdflib import Graph, Node, URIRef

# Ending of an address -> rdflib's name of the format, media type.
FORMATS = {
    "ttl": ("turtle", "text/turtle; charset=utf-8"),
    "xml": ("xml", "application/rdf+xml"),
    "jsonld": ("json-ld", "application/ld+json"),
}
_HYDRA = "http://www.w3.org/ns/hydra/core#"
_SPDX = "http://spdx.org/rdf/terms#"
_VCARD = "http://www.w3.org/2006/vcard/ns#"
_MEDIA = "https://www.iana.org/assignments/media-types/"


def catalogue(page: Page, base: str, form: str, *, title: str, language: str) -> bytes:
    """Return one page of the catalogue; ``form`` is a key of ``FORMATS``."""
    from rdflib import RDF, Literal, URIRef
    from rdflib.namespace import DCAT, DCTERMS, FOAF

    graph = _graph()
    here = URIRef(f"{base}/catalog")
    graph.add((here, RDF.type, DCAT.Catalog))
    graph.add((here, DCTERMS.title, Literal(title, lang=language)))
    graph.add((here, FOAF.homepage, URIRef(f"{base}/")))
    _paging(graph, page, base, form)
    for one in page.descriptors:
        graph.add((here, DCAT.dataset, _dataset(graph, one, base, language)))
    return _written(graph, form)


def dataset(one: Descriptor, base: str, form: str, *, language: str) -> bytes:
    """Return one dataset; ``form`` is a key of ``FORMATS``."""
    graph = _graph()
    _dataset(graph, one, base, language)
    return _written(graph, form)


def _graph() -> "Graph":
    from rdflib import RDFS, Graph
    from rdflib.namespace import DCAT, DCTERMS, FOAF, SKOS

    graph = Graph(bind_namespaces="none")
    known = {"dcat": DCAT, "dcterms": DCTERMS, "foaf": FOAF, "rdfs": RDFS, "skos": SKOS}
    for prefix, space in {**known, "hydra": _HYDRA, "spdx": _SPDX, "vcard": _VCARD}.items():
        graph.bind(prefix, space)
    return graph


def _written(graph: "Graph", form: str) -> bytes:
    if form == "jsonld":
        return graph.serialize(format="json-ld", encoding="utf-8", auto_compact=True)
    return graph.serialize(format=FORMATS[form][0], encoding="utf-8")


def _paging(graph: "Graph", page: Page, base: str, form: str) -> None:
    from rdflib import RDF, XSD, Literal, URIRef

    def at(number: int) -> URIRef:
        return URIRef(f"{base}/catalog.{form}?page={number}")

    here = at(page.number)
    links = {"first": 1, "last": page.pages}
    if page.number > 1:
        links["previous"] = min(page.number - 1, page.pages)
    if page.number < page.pages:
        links["next"] = page.number + 1
    graph.add((here, RDF.type, URIRef(f"{_HYDRA}PartialCollectionView")))
    total = Literal(page.total, datatype=XSD.integer)
    graph.add((here, URIRef(f"{_HYDRA}totalItems"), total))
    for name, number in links.items():
        graph.add((here, URIRef(_HYDRA + name), at(number)))


def _dataset(graph: "Graph", one: Descriptor, base: str, language: str) -> "URIRef":
    from rdflib import RDF, Literal, URIRef
    from rdflib.namespace import DCAT, DCTERMS

    this = URIRef(f"{base}/dataset/{quote(one['id'])}")
    texts = {DCTERMS.title: one["title"], DCTERMS.description: one.get("description")}
    plain = {DCTERMS.identifier: one["id"], DCTERMS.spatial: None}
    graph.add((this, RDF.type, DCAT.Dataset))
    for predicate, text in texts.items():
        _say(graph, this, predicate, text and Literal(storable(text), lang=language))
    for predicate, text in plain.items():
        _say(graph, this, predicate, text and Literal(storable(text)))
    for word in one.get("keywords", ()):
        graph.add((this, DCAT.keyword, Literal(storable(word), lang=language)))
    _say(graph, this, DCTERMS.issued, _when(one.get("issued")))
    _say(graph, this, DCTERMS.modified, _when(one.get("modified")))
    _say(graph, this, DCTERMS.accrualPeriodicity, _frequency(one.get("frequency")))
    _say(graph, this, DCAT.landingPage, URIRef(f"{base}/dataset/{quote(one['name'])}"))
    _themes(graph, this, one, language)
    _place(graph, this, one, language)
    _people(graph, this, one)
    for resource in one["resources"]:
        graph.add((this, DCAT.distribution, _distribution(graph, this, one, resource, language)))
    return this


def _say(graph: "Graph", subject: "Node", predicate: "Node", said: Any) -> None:
    if said:
        graph.add((subject, predicate, said))


def _themes(graph: "Graph", this: "URIRef", one: Descriptor, language: str) -> None:
    from rdflib import RDF, BNode, Literal
    from rdflib.namespace import DCAT, SKOS

    for theme in one.get("themes", ()):
        concept = BNode()
        graph.add((concept, RDF.type, SKOS.Concept))
        graph.add((concept, SKOS.prefLabel, Literal(storable(theme), lang=language)))
        graph.add((this, DCAT.theme, concept))


def _place(graph: "Graph", this: "URIRef", one: Descriptor, language: str) -> None:
    from rdflib import RDF, RDFS, BNode, Literal
    from rdflib.namespace import DCTERMS

    kinds = (
        (DCTERMS.spatial, DCTERMS.Location, one.get("spatial")),
        (DCTERMS.temporal, DCTERMS.PeriodOfTime, one.get("temporal")),
    )
    for predicate, kind, said in kinds:
        if said:
            node = BNode()
            graph.add((this, predicate, node))
            graph.add((node, RDF.type, kind))
            graph.add((node, RDFS.label, Literal(storable(said), lang=language)))


def _people(graph: "Graph", this: "URIRef", one: Descriptor) -> None:
    from rdflib import RDF, BNode, Literal, URIRef
    from rdflib.namespace import DCAT, DCTERMS, FOAF

    for person in one.get("contributors", ()):
        node, title = BNode(), Literal(storable(person["title"]))
        if person["role"] == "publisher":
            graph.add((this, DCTERMS.publisher, node))
            graph.add((node, RDF.type, FOAF.Agent))
            graph.add((node, FOAF.name, title))
            continue
        graph.add((this, DCAT.contactPoint, node))
        graph.add((node, RDF.type, URIRef(f"{_VCARD}Kind")))
        graph.add((node, URIRef(f"{_VCARD}fn"), title))
        if email := person.get("email"):
            graph.add((node, URIRef(f"{_VCARD}hasEmail"), URIRef(f"mailto:{quote(email, '@+')}")))


def _distribution(
    graph: "Graph", this: "URIRef", one: Descriptor, resource: Mapping[str, Any], language: str
) -> "URIRef":
    from rdflib import RDF, XSD, Literal, URIRef
    from rdflib.namespace import DCAT, DCTERMS

    node = URIRef(f"{this}/resource/{quote(resource['id'])}")
    address = iri(resource.get("path"))
    hashed = re.fullmatch("sha256:([0-9a-f]{64})", str(resource.get("hash", "")))
    media = resource.get("mediatype", "")
    typed = re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", media)
    size = resource.get("bytes")
    licence = next((iri(each.get("path")) for each in one.get("licenses", ())), "")
    title = resource.get("title") or resource["name"]
    graph.add((node, RDF.type, DCAT.Distribution))
    said = {
        DCTERMS.title: Literal(storable(title), lang=language),
        DCTERMS.description: _text(resource.get("description"), language),
        DCAT.accessURL: address and URIRef(address),
        DCAT.downloadURL: URIRef(address) if hashed and address else None,
        DCAT.mediaType: URIRef(_MEDIA + media) if typed else None,
        DCTERMS["format"]: _text(resource.get("format"), None),
        DCAT.byteSize: None if size is None else Literal(size, datatype=XSD.nonNegativeInteger),
        DCTERMS.license: licence and URIRef(licence),
        DCTERMS.modified: _when(resource.get("modified")),
    }
    for predicate, value in said.items():
        _say(graph, node, predicate, value)
    if hashed:
        _checksum(graph, node, hashed[1])
    return node


def _checksum(graph: "Graph", node: "URIRef", sha256: str) -> None:
    from rdflib import RDF, XSD, BNode, Literal, URIRef

    sum_ = BNode()
    graph.add((node, URIRef(f"{_SPDX}checksum"), sum_))
    graph.add((sum_, RDF.type, URIRef(f"{_SPDX}Checksum")))
    graph.add((sum_, URIRef(f"{_SPDX}algorithm"), URIRef(f"{_SPDX}checksumAlgorithm_sha256")))
    value = Literal(sha256, datatype=XSD.hexBinary)
    graph.add((sum_, URIRef(f"{_SPDX}checksumValue"), value))


def _text(text: Any, language: str | None) -> Any:
    from rdflib import Literal

    return Literal(storable(str(text)), lang=language) if text else None


def _when(text: Any) -> Any:
    """Return a day or a moment as a typed literal; anything else says nothing."""
    from rdflib import XSD, Literal

    said = str(text or "")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
        return Literal(said, datatype=XSD.date)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?", said):
        return Literal(said, datatype=XSD.dateTime)
    return None


def _frequency(text: Any) -> Any:
    from rdflib import URIRef

    known = frequency.code(str(text or ""))
    return URIRef(frequency.address(known)) if known else None
