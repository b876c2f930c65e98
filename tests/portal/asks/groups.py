"""Groups, and what is taken down again at the end."""

from tests.portal.asks.ask import EDITOR, MINE, STRANGER, Ask, several

GROUPS = [
    *several("group_create", {"a stranger": {"name": "{p}-grupo"}}, STRANGER),
    *several("group_create", {"no name": {}, "a taken name": {"name": "{p}-org"}}),
    Ask(
        label="group_create: good",
        action="group_create",
        keep="grupo",
        asked={
            "name": "{p}-grupo",
            "title": "{p} Grupo",
            "description": "De prueba",
            "extras": [{"key": "a", "value": "b"}],
        },
    ),
    *several(
        "group_show",
        {"by name": {"id": "{p}-grupo"}, "no id": {}, "of none": {"id": "{p}-nadie"}},
        STRANGER,
    ),
    *several("organization_show", {"of a group": {"id": "{p}-grupo"}}, STRANGER),
    *several(
        "group_list",
        {
            "some": {"groups": ["{p}-grupo"]},
            "documents": {"groups": ["{p}-grupo"], "all_fields": True},
            "of no names": {"groups": []},
            "documents of no names": {"groups": [], "all_fields": True},
        },
        STRANGER,
        ours=True,
    ),
    *several(
        "package_patch",
        {
            "into a group": {"id": "{p}-gasto", "groups": [{"name": "{p}-grupo"}]},
        },
    ),
    *several(
        "package_patch",
        {"into a group, an editor": {"id": "{p}-a", "groups": [{"name": "{p}-grupo"}]}},
        EDITOR,
    ),
    *several("package_search", {"of a group": {"fq": "groups:{p}-grupo"}}, STRANGER),
    *several(
        "group_package_show",
        {
            "nothing": {},
            "of none": {"id": "{p}-nadie"},
            "one": {"id": "{p}-grupo"},
            "a limit": {"id": "{p}-grupo", "limit": 1},
        },
        STRANGER,
    ),
    *several(
        "member_create",
        {
            "a dataset": {
                "id": "{p}-grupo",
                "object": "{p}-a",
                "object_type": "package",
                "capacity": "public",
            },
            "a dataset of none": {
                "id": "{p}-grupo",
                "object": "{p}-nadie",
                "object_type": "package",
                "capacity": "public",
            },
        },
    ),
    *several("package_show", {"in a group": {"id": "{p}-a"}}, STRANGER),
    *several(
        "member_list", {"of datasets": {"id": "{p}-grupo", "object_type": "package"}}, STRANGER
    ),
    *several(
        "member_delete",
        {
            "a dataset": {"id": "{p}-grupo", "object": "{p}-a", "object_type": "package"},
            "nothing": {},
        },
    ),
    *several("group_update", {"title": {"id": "{p}-grupo", "title": "{p} Otro"}}),
    *several("group_patch", {"description": {"id": "{p}-grupo", "description": "Otra"}}),
    *several("group_show", {"after all": {"id": "{p}-grupo"}}, STRANGER),
    *several("group_delete", {"a stranger": {"id": "{p}-grupo"}}, STRANGER),
    *several("group_delete", {"a sysadmin": {"id": "{p}-grupo"}}),
    *several("group_show", {"of a deleted one": {"id": "{p}-grupo"}}, STRANGER),
    *several("group_list", {"without the deleted": {}}, STRANGER, ours=True),
    *several("group_purge", {"nothing": {}}),
]

ENDINGS = [
    *several(
        "organization_delete",
        {"a stranger": {"id": "{p}-org"}, "a stranger, nobody": {"id": "{p}-nadie"}},
        STRANGER,
    ),
    *several("organization_delete", {"an editor": {"id": "{p}-org"}}, EDITOR),
    *several("organization_delete", {"with datasets": {"id": "{p}-org"}, "nothing": {}}),
    *several("organization_purge", {"an editor": {"id": "{p}-org"}}, EDITOR),
    *several("package_delete", {"a": {"id": "{p}-a"}, "again": {"id": "{p}-a"}}),
    *several("package_delete", {"an editor": {"id": "{p}-gasto"}}, EDITOR),
    *several(
        "package_show",
        {"of a deleted one": {"id": "{gasto}"}, "of a deleted one, by name": {"id": "{p}-gasto"}},
        STRANGER,
    ),
    *several(
        "package_search",
        {
            "without the deleted": {"fq": MINE, "rows": 0},
            "with the deleted": {"fq": MINE, "rows": 0, "include_deleted": True},
        },
    ),
    *several(
        "package_patch",
        {
            "of a deleted one": {"id": "{gasto}", "notes": "x"},
            "revived": {"id": "{gasto}", "state": "active"},
        },
    ),
    *several("package_show", {"revived": {"id": "{p}-gasto"}}, STRANGER),
    *several(
        "package_delete",
        {name: {"id": f"{{p}}-{name}"} for name in ("gasto", "oculto", "borrador", "rara")},
    ),
    *several(
        "member_delete", {"a user": {"id": "{p}-org", "object": "editor", "object_type": "user"}}
    ),
    *several("organization_delete", {"empty": {"id": "{p}-org"}, "bare": {"id": "{p}-org2"}}),
    *several("organization_show", {"of a deleted one": {"id": "{p}-org"}}, STRANGER),
    *several("organization_list", {"without the deleted": {}}, STRANGER, ours=True),
    *several("organization_update", {"a bad name": {"id": "{org2}", "name": "{p} Ñ"}}),
    *several("organization_purge", {"bare": {"id": "{org2}"}}),
    *several("organization_show", {"of a purged one": {"id": "{org2}"}}, STRANGER),
]
