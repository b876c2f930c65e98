"""Judge again from kept findings: what another gate would have decided, without asking anybody."""

from collections.abc import Collection
from typing import Any

from acopio import gate, plan
from acopio.canonical import from_json
from acopio.model import Action, Dataset, Decision, Finding, Report
from acopio.store import Store, datasets, payloads, resources, sources
from acopio.store.datasets import Known
from acopio.store.resources import KnownResource

# Findings that stand for a body that was not there to be judged.
_NO_BODY = frozenset(
    {
        "link-broken", "blocked", "unreachable", "bad-tls", "bad-answer", "truncated-download",
        "too-large",
    }
)  # fmt: skip


def retry(store: Store, source: str, name: str) -> dict[str, Any]:
    """Return, for each dataset whose fate would be another, what it is now and then.

    An officer's ruling stands whatever the gate. Raises ConfigError for an unknown source or
    gate. Datasets never judged are not counted.
    """
    defined = sources.get_source(store, source)
    now, today = defined.gate, plan.day_at(plan.utc_now(), defined.timezone)
    judged, changed = 0, []
    for known in datasets.every(store, source=source):
        if known.outcome is None or known.state == "withdrawn":
            continue
        judged += 1
        ruling = plan.in_force(known.ruling, today)
        if ruling == "pin":
            continue
        before, after = (_decision(store, known, ruling, which) for which in (now, name))
        if _word(before) != _word(after):
            family = after.family or before.family
            words = {"now": _word(before), "then": _word(after), "family": family}
            changed.append({"id": known.remote_id, "name": known.name, **words})
    return {
        "source": source,
        "gate": now,
        "tried": name,
        "judged": judged,
        "changed": len(changed),
        "datasets": changed,
    }


def _word(decision: Decision) -> str:
    """Return ``withheld``, ``partly`` or ``published``."""
    if decision.withhold:
        return "withheld"
    whole = all(verdict.action is Action.PUBLISH for verdict in decision.verdicts)
    return "published" if whole else "partly"


def _decision(store: Store, known: Known, ruling: str, name: str) -> Decision:
    with store.read() as connection:
        described = from_json(Dataset, payloads.body(connection, known.payload))
        ours = resources.of_dataset(connection, known.id)
        findings: tuple[Finding, ...] = ()
        if known.findings:
            findings = from_json(Report, payloads.body(connection, known.findings)).findings
    lost = frozenset(one.resource for one in findings if one.resource and one.code in _NO_BODY)
    case = gate.Case(
        resources=described.resources,
        missing=lost,
        good=frozenset(one.remote_id for one in ours if _stands_in(one, lost)),
        ruling=ruling,
    )
    return gate.decide(case, findings, name)


def _stands_in(known: KnownResource, lost: Collection[str]) -> bool:
    """Tell whether a published version could stand in for what came.

    One made from the very body that was judged is what the other gate is asked about.
    """
    good = known.last_good()
    if good is None:
        return False
    return known.remote_id in lost or all(file.sha256 != known.sha256 for file in good.files)
