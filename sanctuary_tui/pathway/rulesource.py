"""What the pathway's code itself declares of its rules, read from its source for docs/RULES.md.

Codes and sentences of findings, rules and titles of reminders, reasons of the check of wording,
MARAC criteria, states of a consent by rule. Values worked out while the program runs show as ``…``.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeGuard

_HERE: Final = Path(__file__).parent
_GAP: Final = "…"
_MOST: Final = 4
"""How many functions deep a value is followed to where it is given."""


@dataclass(slots=True, frozen=True)
class Module:
    """One parsed module of the pathway, and which function each part of it stands in."""

    name: str
    tree: ast.Module
    inside: dict[ast.AST, ast.FunctionDef]

    def calls(self, name: str) -> Iterator[ast.Call]:
        """Every call of a function by its plain name, in the order of the source."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id == name:
                yield node


@cache
def modules() -> dict[str, Module]:
    """The pathway's modules by name."""
    found = {}
    for path in sorted(_HERE.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        inside = {
            part: function
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef)
            for part in ast.walk(function)
            if part is not function
        }
        found[path.stem] = Module(path.stem, tree, inside)
    return found


# --- what a call says -----------------------------------------------------------------------------


def values(module: Module, part: ast.AST | None, depth: int = 0) -> list[str]:
    """Every text an expression may stand for, ``…`` for what only the running program knows."""
    if isinstance(part, ast.Constant) and isinstance(part.value, str):
        return [part.value]
    if isinstance(part, ast.JoinedStr):
        pieces = [_piece(module, piece, depth) for piece in part.values]
        return ["".join(texts) for texts in itertools.product(*pieces)]
    if isinstance(part, ast.IfExp):
        return [*values(module, part.body, depth), *values(module, part.orelse, depth)]
    if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
        return values(module, part.func.value, depth) if part.func.attr == "strip" else [_GAP]
    if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name):
        return _table_values(module, part.value.id)
    if isinstance(part, ast.Name) and depth < _MOST:
        return _named(module, part, depth)
    return [_GAP]


def _piece(module: Module, piece: ast.AST, depth: int) -> list[str]:
    if isinstance(piece, ast.Constant):
        return [str(piece.value)]
    inner = piece.value if isinstance(piece, ast.FormattedValue) else piece
    function = module.inside.get(inner)
    if isinstance(inner, ast.Name) and function and inner.id in _parameters(function):
        return values(module, inner, depth)
    return [_GAP]


def _named(module: Module, name: ast.Name, depth: int) -> list[str]:
    function = module.inside.get(name)
    if function is None:
        return [_GAP]
    given = _assigned(module, function, name)
    if not given and name.id in _parameters(function):
        place = _parameters(function).index(name.id)
        given = [_argument(call, place, name.id) for call in module.calls(function.name)]
        given = [part for part in given if part is not None]
    found = [text for part in given for text in values(module, part, depth + 1)]
    return found or [_GAP]


def _parameters(function: ast.FunctionDef) -> list[str]:
    return [one.arg for one in function.args.args]


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    if place < len(call.args):
        return call.args[place]
    return next((one.value for one in call.keywords if one.arg == name), None)


def _assigned(module: Module, function: ast.FunctionDef, name: ast.Name) -> list[ast.expr | None]:
    """What a name was given since it was last handed to a call, above where it stands."""
    last = max(
        (
            part.lineno
            for call in ast.walk(function)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            if call.func.id not in ("len", "str")
            for part in call.args
            if isinstance(part, ast.Name) and part.id == name.id and part.lineno < name.lineno
        ),
        default=0,
    )
    given = [
        part
        for part in ast.walk(function)
        if isinstance(part, ast.Assign) and part.lineno <= name.lineno
        for target in part.targets
        if isinstance(target, ast.Name) and target.id == name.id
    ]
    return [part.value for part in given if part.lineno > last] or [part.value for part in given]


def _table_values(module: Module, name: str) -> list[str]:
    for part in module.tree.body:
        if not isinstance(part, ast.Assign) or not isinstance(part.value, ast.Dict):
            continue
        if any(isinstance(one, ast.Name) and one.id == name for one in part.targets):
            return [text for value in part.value.values for text in values(module, value)]
    return [_GAP]


def _told(function: str, code_at: int, words_at: int) -> dict[str, list[str]]:
    """For each code given to calls of ``function``, the words given beside it.

    Raises:
        ValueError: a code is worked out in a way this cannot read.
    """
    told: dict[str, list[str]] = {}
    for module in modules().values():
        for call in module.calls(function):
            codes = values(module, call.args[code_at])
            if _GAP in codes:
                raise ValueError(f"{module.name}:{call.lineno} gives a code that cannot be read")
            texts = [_tidy(text) for text in values(module, call.args[words_at])]
            shared = function == "reminder" and len(codes) > 1
            for code in codes:
                known = told.setdefault(code, [])
                new = dict.fromkeys(text for text in texts if re.search("[a-z]", text))
                known += [] if shared else [text for text in new if text not in known]
    return told


def _tidy(text: str) -> str:
    return re.sub(rf"{_GAP}(?=\w)", f"{_GAP} ", re.sub(f"{_GAP}+", _GAP, text))


@cache
def finding_sentences() -> dict[str, list[str]]:
    """Every code a finding may carry, with the sentences it may say."""
    return _told("Finding", 0, 2)


@cache
def reminder_titles() -> dict[str, list[str]]:
    """Every rule a reminder may carry, with its titles; none where rules share the words."""
    return _told("reminder", 0, 3)


# --- other codes ----------------------------------------------------------------------------------


def wording_reasons() -> set[str]:
    """Every reason the check of wording may give."""
    module = modules()["wording"]
    constants = {
        target.id: part.value.value
        for part in module.tree.body
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Constant)
        for target in part.targets
        if isinstance(target, ast.Name)
    }
    listed: set[str] = set()
    for part in module.tree.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.value, ast.Dict):
            listed |= {str(constants[key.id]) for key in part.value.keys if _is_name(key)}
    return listed | {str(value) for value in constants.values() if str(value).startswith("is a ")}


def _is_name(part: ast.expr | None) -> TypeGuard[ast.Name]:
    return isinstance(part, ast.Name)


def appended(module: str, function: str, to: str) -> set[str]:
    """The texts a function of a module appends to its list named ``to``."""
    return {
        text
        for call in ast.walk(_function(module, function))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if call.func.attr == "append" and isinstance(call.func.value, ast.Name)
        if call.func.value.id == to
        for text in values(modules()[module], call.args[0])
    }


def returned(module: str, function: str) -> set[str]:
    """The texts a function of a module returns as they stand."""
    found = {
        text
        for part in ast.walk(_function(module, function))
        if isinstance(part, ast.Return)
        for text in values(modules()[module], part.value)
    }
    return found - {_GAP}


def public_functions(module: str) -> set[str]:
    """The functions of a module that others may call, as ``module.function``."""
    return {
        f"{module}.{part.name}"
        for part in modules()[module].tree.body
        if isinstance(part, ast.FunctionDef) and not part.name.startswith("_")
    }


def settings_read() -> set[str]:
    """Every setting the pathway reads, as ``section.name`` or, read whole, ``section``."""
    found: set[str] = set()
    for module in modules().values():
        sections = {
            (module.inside.get(part), target.id): part.value.attr
            for part in ast.walk(module.tree)
            if isinstance(part, ast.Assign) and _of_settings(part.value)
            for target in part.targets
            if isinstance(target, ast.Name) and isinstance(part.value, ast.Attribute)
        }
        for part in ast.walk(module.tree):
            if not isinstance(part, ast.Attribute):
                continue
            if _of_settings(part):
                found.add(part.attr)
            elif _of_settings(part.value) and isinstance(part.value, ast.Attribute):
                found.add(f"{part.value.attr}.{part.attr}")
            elif isinstance(part.value, ast.Name):
                section = sections.get((module.inside.get(part), part.value.id))
                found |= {f"{section}.{part.attr}"} if section else set()
    whole = {name.removesuffix(".get").removesuffix(".strip") for name in found}
    return {name for name in whole if not any(one.startswith(f"{name}.") for one in whole)}


def _of_settings(part: ast.AST) -> bool:
    return (
        isinstance(part, ast.Attribute)
        and isinstance(part.value, ast.Name)
        and part.value.id == "settings"
    )


def _function(module: str, name: str) -> ast.FunctionDef:
    for part in modules()[module].tree.body:
        if isinstance(part, ast.FunctionDef) and part.name == name:
            return part
    raise KeyError(f"{module}.{name}")
