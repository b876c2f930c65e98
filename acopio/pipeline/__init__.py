"""The pipeline: where harvester, validators and publishers meet, and nowhere else.

``run`` runs a source, ``officer`` carries out an officer's word; the modules beside them are the
steps, in the order of a run: ``fetch``, ``judge``, ``release``, ``publish``, ``closing``.
"""
