"""Judge again from kept findings: what another gate would have decided, without asking anybody."""

from typing import Any

from acopio import gate
from acopio.canonical import from_json
from acopio.model import Action, Dataset, Decision, Finding, Report
from acopio.store import Store, datasets, payloads, resources, sources
from acopio.store.datasets import Known


def retry(store: Store, source: str, name: str) -> dict[str, Any]:
    """Return, for each dataset whose fate would be another, what it is now and then.

    Raises ConfigError for an unknown source or gate. Datasets never judged are not counted.
    """
    now = sources.get_source(store, source).gate
    judged, changed = 0, []
    for known in datasets.every(store, source=source):
        if known.outcome is None:
            continue
        judged += 1
        before, after = (_decision(store, known, which) for which in (now, name))
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


def _decision(store: Store, known: Known, name: str) -> Decision:
    with store.read() as connection:
        described = from_json(Dataset, payloads.body(connection, known.payload))
        ours = {one.remote_id: one for one in resources.of_dataset(connection, known.id)}
        findings: tuple[Finding, ...] = ()
        if known.findings:
            findings = from_json(Report, payloads.body(connection, known.findings)).findings
    case = gate.Case(
        resources=described.resources,
        good=frozenset(number for number, one in ours.items() if one.good),
    )
    return gate.decide(case, findings, name)
