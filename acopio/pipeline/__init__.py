"""The pipeline: where harvester, validators and publishers meet, and nowhere else.

``run`` runs a source, ``officer`` carries out an officer's word; ``apply`` brings a plan's datasets
through the steps, which are the modules beside them in the order of a run: ``fetch``, ``judge``,
``release``, ``publish`` (together ``dataset``), ``closing``. ``journal`` writes down where each
dataset is.
"""
