"""Resources: created, shown, changed, with files."""

from tests.portal.asks.ask import EDITOR, STRANGER, Ask, several

RESOURCES = [
    *several(
        "resource_create",
        {
            "nothing": {},
            "a stranger, nobody": {"package_id": "{p}-nadie"},
            "a stranger": {"package_id": "{p}-gasto", "url": "http://x.example"},
        },
        STRANGER,
    ),
    *several(
        "resource_create",
        {
            "bad values": {"package_id": "{p}-gasto", "url": "u", "size": "x", "created": "y"},
            "an id that is none": {"package_id": "{p}-gasto", "url": "u", "id": "x"},
        },
    ),
    Ask(
        label="resource_create: by an editor",
        action="resource_create",
        who=EDITOR,
        keep="res",
        asked={
            "package_id": "{p}-gasto",
            "url": "http://x.example/nuevo.pdf",
            "name": "Nuevo",
            "description": "Una nota",
            "mio": {"a": 1},
        },
    ),
    Ask(
        label="resource_create: bare",
        action="resource_create",
        asked={"package_id": "{gasto}"},
        keep="res2",
    ),
    *several(
        "resource_show",
        {
            "nothing": {},
            "nobody": {"id": "{p}-nadie"},
            "one": {"id": "{res}"},
            "bare": {"id": "{res2}"},
        },
        STRANGER,
    ),
    *several(
        "resource_update",
        {
            "a stranger": {"id": "{res}"},
            "a stranger, nobody": {"id": "{p}-nadie"},
            "a stranger, nothing": {},
        },
        STRANGER,
    ),
    *several(
        "resource_update",
        {
            "a url": {"id": "{res}", "url": "http://x.example/otro.csv"},
            "a bad size": {"id": "{res}", "url": "u", "size": "x"},
            "a format": {"id": "{res}", "url": "http://x.example/otro.csv", "format": "text/csv"},
        },
    ),
    *several(
        "resource_patch",
        {
            "nothing": {},
            "nobody": {"id": "{p}-nadie"},
            "a name": {"id": "{res}", "name": "Otro nombre"},
            "a bad date": {"id": "{res}", "last_modified": "ayer"},
            "a date": {"id": "{res}", "last_modified": "2024-05-06"},
        },
    ),
    *several("resource_patch", {"a stranger": {"id": "{res}"}}, STRANGER),
    *several(
        "resource_search",
        {
            "nothing": {},
            "no pair": {"query": "x"},
            "an unknown field": {"query": "foo:bar"},
            "by url": {"query": "url:{p}"},
        },
        STRANGER,
    ),
    *several(
        "resource_delete",
        {
            "a stranger": {"id": "{res}"},
            "a stranger, nothing": {},
            "a stranger, nobody": {"id": "{p}-nadie"},
        },
        STRANGER,
    ),
    *several("resource_delete", {"an editor": {"id": "{res}"}}, EDITOR),
    *several("resource_show", {"of a deleted one": {"id": "{res}"}}, STRANGER),
    *several("package_show", {"after all that": {"id": "{p}-gasto"}}, STRANGER),
]

UPLOADS = [
    Ask(
        label="resource_create: with a file",
        action="resource_create",
        asked={"package_id": "{p}-gasto", "name": "Subido"},
        upload=("Mi archivo.csv", b"a,b\n1,2\n"),
        keep="subido",
    ),
    Ask(
        label="resource_update: with another file",
        action="resource_update",
        asked={"id": "{subido}", "name": "Subido"},
        upload=("otro.json", b"{}"),
    ),
    Ask(
        label="resource_patch: the file stays",
        action="resource_patch",
        asked={"id": "{subido}", "description": "con nota"},
    ),
    Ask(
        label="resource_create: with a file, a stranger",
        action="resource_create",
        asked={"package_id": "{p}-gasto"},
        upload=("a.csv", b"a\n"),
        who=STRANGER,
    ),
]
