"""The catalogue for machines: data packages, data.json, DCAT, a feed. Public datasets only."""
