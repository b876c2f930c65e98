"""Everything that leaves this process by HTTP leaves through here.

``Client`` is what the rest uses. Below it: ``session`` (requests' face), ``transport`` (one hop),
``wire`` (sockets that keep a deadline), ``addresses`` (who may be asked), ``politeness`` (how
often), ``download`` and ``partial`` (files), ``answers`` and ``faults`` (what came, what it means).
"""

from acopio.http.client import Client
from acopio.http.download import Fetched
from acopio.http.limits import Limits
from acopio.http.partial import Validators
from acopio.http.politeness import CoolDowns, MemoryCoolDowns, Politeness

__all__ = [
    "Client",
    "CoolDowns",
    "Fetched",
    "Limits",
    "MemoryCoolDowns",
    "Politeness",
    "Validators",
]
