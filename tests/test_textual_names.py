"""No private name of ours is one that Textual uses in the same object for something else.

An attribute ``_closed`` on a screen, say, ends the screen's message loop: the console freezes.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from textual.message_pump import MessagePump

import sanctuary_tui
import widgets

MEANT = {
    "_build_driver",
    "_clipboard",
    "_display",
    "_exception",
    "_fatal_error",
    "_handle_exception",
    "_on_key",
    "_on_mouse_scroll_down",
    "_on_mouse_scroll_up",
    "_on_paste",
    "_print_error_renderables",
    "_return_code",
    "_watch_value",
}
"""What is overridden or set on purpose, with the meaning Textual gives it."""


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def our_classes() -> set[type]:
    return {
        item
        for package in (sanctuary_tui, widgets)
        for module in modules(package)
        for item in vars(module).values()
        if isinstance(item, type)
        and issubclass(item, MessagePump)
        and item.__module__.startswith((sanctuary_tui.__name__, widgets.__name__))
    }


@cache
def private_names(owner: type) -> frozenset[str]:
    """Private methods and attributes that a class's own source defines or assigns."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    names = {name for name in vars(owner) if name.startswith("_") and not name.startswith("__")}
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            targets = [node.target]
        names |= {
            item.attr
            for target in targets
            for item in ast.walk(target)
            if isinstance(item, ast.Attribute)
            and isinstance(item.value, ast.Name)
            and item.value.id == "self"
        }
    return frozenset(name for name in names if name.startswith("_") and not name.startswith("__"))


# Made for each class by Textual, in every class.
_MADE = frozenset(vars(type("Made", (MessagePump,), {}))) | {
    "_css_type_name",
    "_css_type_names",
    "_merged_bindings",
    "_inherit_css",
    "_inherit_bindings",
    "_inherit_component_classes",
    "_default_css",
    "_computes",
    "_reactives",
    "_decorated_handlers",
}


def test_private_names_do_not_collide_with_textuals() -> None:
    clashes = {}
    for owner in our_classes():
        theirs: set[str] = set()
        for base in owner.__mro__:
            if base.__module__.startswith("textual"):
                theirs |= private_names(base)
        clash = (private_names(owner) & theirs) - MEANT - _MADE
        if clash:
            clashes[f"{owner.__module__}.{owner.__qualname__}"] = sorted(clash)
    assert not clashes


def test_the_check_finds_a_clash() -> None:
    assert {"_closed", "_closing", "_running"} <= private_names(MessagePump)
