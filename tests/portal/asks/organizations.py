"""Organizations and who is in them."""

from tests.portal.asks.ask import EDITOR, STRANGER, Ask, several

ORGANIZATIONS = [
    *several("organization_create", {"a stranger": {"name": "{p}-org"}}, STRANGER),
    *several("organization_create", {"an editor": {"name": "{p}-org"}}, EDITOR),
    *several(
        "organization_create",
        {
            "no name": {},
            "a name that is a number": {"name": 7},
            "a name of one letter": {"name": "x"},
            "a name with capitals": {"name": "Con Mayúsculas"},
            "a name too long": {"name": "x" * 101},
            "a reserved name": {"name": "new"},
            "an id that is none": {"name": "{p}-otra", "id": "x"},
            "extras that are no objects": {"name": "{p}-otra", "extras": ["x"]},
            "an extra without a key": {"name": "{p}-otra", "extras": [{"value": "1"}]},
            "an extra called as a field": {
                "name": "{p}-otra",
                "extras": [{"key": "title", "value": "1"}],
            },
        },
    ),
    Ask(
        label="organization_create: good",
        action="organization_create",
        asked={
            "name": "{p}-org",
            "title": "{p} Ministerio de Economía",
            "description": "Hacienda pública",
            "image_url": "http://img.example/mef.png",
            "extras": [{"key": "ruc", "value": "20131370645"}, {"key": "ubigeo", "value": 150101}],
        },
        keep="org",
    ),
    Ask(
        label="organization_create: bare",
        action="organization_create",
        asked={"name": "{p}-org2"},
        keep="org2",
    ),
    *several("organization_create", {"a name that is taken": {"name": "{p}-org"}}),
    *several(
        "organization_show",
        {
            "by name": {"id": "{p}-org"},
            "by id": {"id": "{org}"},
            "no id": {},
            "an id of none": {"id": "{p}-nadie"},
            "with nothing": {
                "id": "{p}-org",
                "include_extras": False,
                "include_users": False,
                "include_groups": "false",
                "include_dataset_count": False,
                "include_followers": False,
            },
            "with its members' number": {"id": "{p}-org", "include_member_count": True},
            "with datasets, of which it has none": {"id": "{p}-org", "include_datasets": True},
            "asked for as a group": {"id": "{p}-grupo"},
        },
        STRANGER,
    ),
    *several("organization_show", {"by a sysadmin": {"id": "{p}-org"}}),
    *several("group_show", {"of an organization": {"id": "{p}-org"}}, STRANGER),
    *several(
        "organization_list",
        {
            "of all": {},
            "some by name": {"organizations": ["{p}-org", "{p}-org2"]},
            "some, as text": {"organizations": "{p}-org,{p}-org2"},
            "documents": {"organizations": ["{p}-org"], "all_fields": True},
            "documents with extras": {
                "organizations": ["{p}-org"],
                "all_fields": True,
                "include_extras": True,
                "include_dataset_count": False,
            },
            "by name, backwards": {
                "organizations": ["{p}-org", "{p}-org2"],
                "sort": "name desc",
            },
            "by datasets": {"organizations": ["{p}-org", "{p}-org2"], "sort": "package_count"},
            "a page": {
                "organizations": ["{p}-org", "{p}-org2"],
                "limit": 1,
                "offset": 1,
                "sort": "name asc",
            },
            "with a text": {"q": "{p} minist"},
            "of another type": {"type": "{p}-tipo"},
            "a limit that is no number": {"limit": "x"},
            "a limit below zero": {"limit": -1},
            "an offset that is no number": {"offset": "x"},
            "an unknown field to sort by": {"sort": "foo"},
            "a direction that is none": {"sort": "name up"},
            "two fields to sort by": {"sort": "name asc, title asc"},
        },
        STRANGER,
        ours=True,
    ),
    *several("organization_update", {"nobody": {"id": "{p}-nadie"}}, STRANGER),
    *several("organization_update", {"a stranger": {"id": "{p}-org"}}, STRANGER),
    *several("organization_update", {"not a member": {"id": "{p}-org"}}, EDITOR),
    *several(
        "organization_update",
        {
            "no id": {},
            "title only": {"id": "{p}-org", "title": "{p} Economía"},
            "another type": {"id": "{p}-org", "type": "group"},
            "a taken name": {"id": "{p}-org", "name": "{p}-org2"},
        },
    ),
    *several("organization_show", {"after update": {"id": "{p}-org"}}, STRANGER),
    *several(
        "organization_patch",
        {
            "no id": {},
            "nobody": {"id": "{p}-nadie"},
            "description": {"id": "{p}-org", "description": "Otra"},
            "extras": {"id": "{p}-org", "extras": [{"key": "a", "value": "1"}]},
            "title": {"id": "{org}", "title": "{p} Economía y Finanzas"},
        },
    ),
    *several("organization_patch", {"a stranger": {"id": "{p}-org"}}, STRANGER),
    *several("organization_show", {"after patch": {"id": "{p}-org"}}, STRANGER),
    *several(
        "organization_autocomplete", {"some": {"q": "{p} econom"}, "no q": {}}, STRANGER, ours=True
    ),
]

MEMBERS = [
    *several(
        "member_create",
        {
            "nothing given": {},
            "a stranger": {
                "id": "{p}-org",
                "object": "editor",
                "object_type": "user",
                "capacity": "admin",
            },
        },
        STRANGER,
    ),
    *several(
        "member_create",
        {
            "no such group": {
                "id": "{p}-nadie",
                "object": "editor",
                "object_type": "user",
                "capacity": "editor",
            },
            "no such user": {
                "id": "{p}-org",
                "object": "{p}-nadie",
                "object_type": "user",
                "capacity": "editor",
            },
            "no such type": {
                "id": "{p}-org",
                "object": "editor",
                "object_type": "foo",
                "capacity": "editor",
            },
            "an editor": {
                "id": "{p}-org",
                "object": "editor",
                "object_type": "user",
                "capacity": "editor",
            },
            "again": {
                "id": "{p}-org",
                "object": "editor",
                "object_type": "user",
                "capacity": "editor",
            },
        },
    ),
    *several("organization_list_for_user", {"a stranger": {}}, STRANGER),
    *several(
        "organization_list_for_user",
        {
            "an editor": {},
            "who creates datasets": {"permission": "create_dataset"},
            "who administers": {"permission": "admin"},
            "who reads": {"permission": "read"},
        },
        EDITOR,
        ours=True,
    ),
    *several("member_list", {"no id": {}, "nobody": {"id": "{p}-nadie"}}, STRANGER),
    *several(
        "member_list",
        {
            "of users": {"id": "{p}-org", "object_type": "user"},
            "of editors": {"id": "{p}-org", "object_type": "user", "capacity": "editor"},
        },
    ),
    *several(
        "member_list", {"of users, a stranger": {"id": "{p}-org", "object_type": "user"}}, STRANGER
    ),
    *several("user_show", {"a stranger": {"id": "editor"}}, STRANGER),
    *several("user_show", {"an editor": {"id": "editor"}, "of none": {"id": "{p}-nadie"}}, EDITOR),
]
