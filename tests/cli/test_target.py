"""``acopio target``: what is taken, shown without its secrets, checked and forgotten."""

from tests.cli.desk import Desk
from tests.pipeline.world import CSV


def test_the_list_tells_where_a_secret_is_and_never_the_secret(desk: Desk) -> None:
    national = {"kind": "ckan", "url": desk.url, "token_env": "PNDA_TOKEN", "files": "link"}
    assert desk.type("target", "add", desk.file("n.toml", {"national": national})).exit_code == 0
    result = desk.type("target", "list", "--json", PNDA_TOKEN="s3cr3t")
    assert "s3cr3t" not in result.output
    targets = {one["name"]: one for one in desk.json("target", "list")["targets"]}
    assert set(targets) == {"carpeta", "national", "portal"}
    assert targets["carpeta"]["kind"] == "folder"
    assert targets["carpeta"]["url"] == desk.published.as_uri()
    assert (targets["national"]["token_env"], targets["national"]["files"]) == (
        "PNDA_TOKEN",
        "link",
    )
    told = desk.type("target", "list").stdout
    assert desk.url in told
    assert "se enlazan" in told


def test_all_or_none_and_again(desk: Desk) -> None:
    again = desk.type("target", "add", str(desk.home / "t.toml"))
    assert (again.exit_code, "sin cambios" in again.stdout) == (0, True)
    moved = {"kind": "folder", "url": (desk.home / "otra").as_uri()}
    changed = desk.type("target", "add", desk.file("t.toml", {"carpeta": moved}))
    assert (changed.exit_code, "actualizado" in changed.stdout) == (0, True)
    refused = {"buena": moved, "mala": moved | {"files": "nada"}}
    result = desk.type("target", "add", desk.file("t.toml", refused))
    assert (result.exit_code, result.stdout) == (2, "")
    inside = {"dentro": {"kind": "ckan", "url": "http://10.1.2.3/"}}
    assert desk.type("target", "add", desk.file("t.toml", inside)).exit_code == 2
    known = [one["name"] for one in desk.json("target", "list")["targets"]]
    assert known == ["carpeta", "portal"]  # the built-in portal is always there
    assert desk.json("ledger", "verify")["entries"] == 3


def test_a_target_is_asked_before_a_run_finds_out(desk: Desk) -> None:
    assert desk.type("target", "check", "carpeta").exit_code == 0
    assert desk.type("target", "check", "nada").exit_code == 2
    (desk.home / "file").write_text("in the way")
    blocked = {"kind": "folder", "url": f"file://{desk.home}/file/x"}
    desk.type("target", "add", desk.file("t.toml", {"rota": blocked}))
    result = desk.type("target", "check", "rota")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "rota" in result.stderr or "file/x" in result.stderr


def test_a_wrong_target_fails_the_dataset_and_the_run_says_so(desk: Desk) -> None:
    (desk.home / "file").write_text("in the way")
    desk.type(
        "target",
        "add",
        desk.file("t.toml", {"carpeta": {"kind": "folder", "url": f"file://{desk.home}/file/x"}}),
    )
    desk.portal.list(CSV)
    run = desk.run(code=1)
    assert (run["status"], run["counts"]["failed"]) == ("failed", 1)
    (publication,) = run["datasets"][0]["publications"]
    assert publication["state"] == "failed"
    assert publication["error"]
    assert [error["code"] for error in run["errors"]] == ["publish-error"]


def test_a_forgotten_target_keeps_what_it_shows(desk: Desk) -> None:
    desk.portal.list(CSV)
    desk.run()
    assert desk.type("target", "remove", "carpeta").exit_code == 0
    assert [one["name"] for one in desk.json("target", "list")["targets"]] == ["portal"]
    assert desk.shown() == {"conjunto-0"}
    assert desk.type("target", "remove", "carpeta").exit_code == 2
    result = desk.type("run", "muni")
    assert (result.exit_code, "«carpeta»" in result.stderr) == (2, True)
