"""Files that could not be had."""

from tests.validators.examples.example import Example, MissingExample

CASES: dict[str, Example] = {
    "link-broken": MissingExample(
        what="An address that is gone.", code="link-broken", params={"status": 404}
    ),
    "blocked": MissingExample(
        what="A firewall that refuses programs.", code="blocked", params={"status": 418}
    ),
    "cooling-down": MissingExample(
        what="A server that asked to be left alone for a while.", code="cooling-down"
    ),
    "unreachable": MissingExample(what="A server that does not answer.", code="unreachable"),
    "bad-tls": MissingExample(what="A certificate that has expired.", code="bad-tls"),
    "bad-answer": MissingExample(
        what="An answer without a body.", code="bad-answer", params={"status": 204}
    ),
    "truncated-download": MissingExample(
        what="A transfer that ends early each time.", code="truncated-download"
    ),
    "too-large": MissingExample(what="A file beyond the limit of size.", code="too-large"),
}
