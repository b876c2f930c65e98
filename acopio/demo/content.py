"""The sample portals of the demonstration, and the ports it serves them on."""

from acopio.demo.ministry import PORT as MINISTRY_PORT
from acopio.demo.ministry import portal as ministry
from acopio.demo.municipality import PORT as MUNICIPALITY_PORT
from acopio.demo.municipality import portal as municipality

__all__ = ["MINISTRY_PORT", "MUNICIPALITY_PORT", "ministry", "municipality"]
