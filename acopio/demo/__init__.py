"""Sample portals on loopback: what the demonstration harvests and the tests read."""
