"""The actions by name: functions of a call and what was asked, under their own names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from acopio.portal.site import Asked, Call

Function = Callable[[Call, Asked], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """``writes``: it is asked by POST alone. Its documentation is the function's docstring."""

    name: str
    function: Function
    writes: bool


ACTIONS: dict[str, Action] = {}


def reads(function: Function) -> Function:
    """Register an action that changes nothing."""
    ACTIONS[function.__name__] = Action(name=function.__name__, function=function, writes=False)
    return function


def writes(function: Function) -> Function:
    """Register an action that changes something."""
    ACTIONS[function.__name__] = Action(name=function.__name__, function=function, writes=True)
    return function
