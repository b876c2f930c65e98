"""The portal over HTTP: the Action API, downloads, the machine-readable catalogue, the pages."""
