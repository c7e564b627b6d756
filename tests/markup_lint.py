"""A lint over the syntax tree: no text from people is parsed as markup, none leaves by a side door.

It knows no types. It takes for text what is built as text (f-strings, ``+``, ``join``, ``str``,
names and parameters that hold or are annotated ``str``), for safe what is a plain literal, a
``Content`` or a ``Text``, or a call of a function annotated to return one of these.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

# fmt: off
SINKS = frozenset((
    "Static", "Label", "Button", "Checkbox", "RadioButton", "Option", "Selection", "Select",
    "Collapsible", "TabPane", "Tab", "Link", "Digits", "Tree", "Tooltip", "Toast",
))
# fmt: on
"""Widgets and items whose text Textual parses as markup unless told otherwise."""
# fmt: off
TEXT_KEYWORDS = frozenset((
    "content", "renderable", "label", "title", "prompt", "text", "placeholder_text",
))
SINK_METHODS = frozenset((
    "update", "update_cell", "update_cell_at", "add_row", "add_rows", "add_column",
    "add_columns", "add_leaf", "add_option", "add_options", "set_options", "set_label",
    "replace_option_prompt", "replace_option_prompt_at_index", "set_tooltip", "with_tooltip",
))
SINK_ATTRIBUTES = frozenset((
    "border_title", "border_subtitle", "tooltip",
))
# fmt: on
SAFE_CALLS = frozenset(["Content", "Text", "Strip", "Segment", "Padding", "Style"])
SAFE_TYPES = frozenset(["Content", "Text", "Strip", "Segment"])
# fmt: off
SIDE_DOORS = frozenset((
    "subprocess", "webbrowser", "pyperclip", "copy_to_clipboard", "system", "popen", "open_url",
    "deliver_text", "deliver_binary", "save_screenshot", "deliver_screenshot",
    "action_screenshot", "posix_spawn", "startfile", "execv", "execve", "spawnv", "fork",
    "forkpty", "suspend",
))
# fmt: on
"""Ways out of the program: other programs, the clipboard, pictures."""
ALLOWED_DOORS = {"sanctuary_tui/launcher.py", "sanctuary_tui/safe_app.py"}
STREAMS = frozenset(("stdout", "stderr", "__stdout__", "__stderr__", "driver", "_driver"))
"""What stands before ``write`` where a text goes to the terminal past every guard."""
WRITERS = {
    "sanctuary_tui/cli_output.py",
    "sanctuary_tui/console.py",
    "sanctuary_tui/launcher.py",
    "sanctuary_tui/safe_app.py",
}
"""Files that may, each guarded or fixed in itself."""
TELLS = frozenset(("str", "repr", "format", "ascii", "print"))
TRACEBACK_TELLS = frozenset(("format_exc", "print_exc", "format_exception", "print_exception"))


class Finding(NamedTuple):
    """One place that breaks a rule."""

    path: str
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.rule}"


def lint(sources: dict[str, str]) -> list[Finding]:
    """Return what breaks a rule in these files, given as path and text."""
    trees = {path: ast.parse(text) for path, text in sources.items()}
    safe_functions = {name for tree in trees.values() for name in _safe_functions(tree)}
    sinks = _with_subclasses(trees.values())
    return sorted(
        finding
        for path, tree in trees.items()
        for finding in _Lint(path, safe_functions, sinks).run(tree)
    )


def read_sources(root: Path, *packages: str) -> dict[str, str]:
    """Return the files of these packages by their path from ``root``."""
    paths = (path for package in packages for path in sorted((root / package).rglob("*.py")))
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def _name(node: ast.AST | None) -> str:
    """The last part of a dotted name: ``Content`` for ``textual.content.Content``."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.rpartition(".")[2].partition("[")[0]
    return ""


def _imports_textual(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("textual", "widgets"))
        for node in ast.walk(tree)
    )


def _safe_functions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_safe_type(node.returns):
            yield node.name


def _is_safe_type(annotation: ast.AST | None) -> bool:
    if isinstance(annotation, ast.Subscript) and _name(annotation) in {"list", "tuple", "Sequence"}:
        return any(_name(part) in SAFE_TYPES for part in ast.walk(annotation.slice))
    return _name(annotation) in SAFE_TYPES


def _with_subclasses(trees: object) -> frozenset[str]:
    """The sinks, and every class of ours that is one."""
    bases: dict[str, set[str]] = {}
    for tree in trees:  # type: ignore[attr-defined]
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {_name(base) for base in node.bases}
    found = set(SINKS)
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return frozenset(found)


class _Lint:
    def __init__(self, path: str, safe_functions: set[str], sinks: frozenset[str]) -> None:
        self._path = path
        self._safe_functions = safe_functions
        self._sinks = sinks
        self._found: list[Finding] = []
        self._draws = True

    def run(self, tree: ast.AST) -> list[Finding]:
        self._draws = _imports_textual(tree)
        self._visit(tree, names={}, caught=frozenset(), sink_class=False)
        return self._found

    def _tell(self, node: ast.AST, rule: str) -> None:
        self._found.append(Finding(self._path, getattr(node, "lineno", 0), rule))

    # --- walking ---------------------------------------------------------------------------

    def _visit(
        self, node: ast.AST, *, names: dict[str, bool], caught: frozenset[str], sink_class: bool
    ) -> None:
        """``names``: is this local name text (True) or safe (False)?"""
        if isinstance(node, ast.ClassDef):
            self._check_class(node)
            sink_class = node.name in self._sinks
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            names = {**names, **_parameters(node)}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            caught = caught | {node.name}
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            self._note_names(node, names)
            self._check_attribute(node, names)
        elif isinstance(node, ast.Call):
            self._check_call(node, names, caught, sink_class)
        elif isinstance(node, ast.FormattedValue):
            self._check_exception_told(node.value, caught)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._check_import(node)
        for child in ast.iter_child_nodes(node):
            self._visit(child, names=names, caught=caught, sink_class=sink_class)

    def _note_names(
        self, node: ast.Assign | ast.AnnAssign | ast.NamedExpr, names: dict[str, bool]
    ) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if not isinstance(target, ast.Name):
                continue
            if isinstance(node, ast.AnnAssign) and _is_safe_type(node.annotation):
                names[target.id] = False
            elif node.value is not None:
                names[target.id] = self._is_text(node.value, names)

    # --- what an expression is -------------------------------------------------------------

    def _is_text(self, node: ast.AST, names: dict[str, bool]) -> bool:
        """Is it built as text, and not a plain literal?"""
        if isinstance(node, ast.JoinedStr):
            return any(isinstance(part, ast.FormattedValue) for part in node.values)
        if isinstance(node, ast.Name):
            return names.get(node.id, False)
        if isinstance(node, ast.BinOp):
            sides = (node.left, node.right)
            literal = any(isinstance(s, ast.Constant) and isinstance(s.value, str) for s in sides)
            known = any(self._is_text(side, names) for side in sides)
            whole = all(isinstance(side, ast.Constant) for side in sides)
            return (literal or known) and not whole
        if isinstance(node, ast.IfExp):
            return self._is_text(node.body, names) or self._is_text(node.orelse, names)
        if isinstance(node, ast.BoolOp):
            return any(self._is_text(value, names) for value in node.values)
        if isinstance(node, ast.Call):
            text_makers = {"str", "repr", "join", "format", "one_line", "clean", "guard", "strip"}
            return _name(node.func) in text_makers
        return False

    def _is_safe(self, node: ast.AST, names: dict[str, bool]) -> bool:
        """Is it certainly no text from people? For the arguments of sinks."""
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, ast.JoinedStr):
            return not self._is_text(node, names)
        if isinstance(node, ast.IfExp):
            return self._is_safe(node.body, names) and self._is_safe(node.orelse, names)
        if isinstance(node, ast.BoolOp):
            return all(self._is_safe(value, names) for value in node.values)
        if isinstance(node, ast.BinOp):
            return self._is_safe(node.left, names) and self._is_safe(node.right, names)
        if isinstance(node, ast.Name):
            return names.get(node.id) is False
        if isinstance(node, ast.Call):
            return self._is_safe_call(node)
        return False

    def _is_safe_call(self, node: ast.Call) -> bool:
        name = _name(node.func)
        owner = _name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        if owner in SAFE_TYPES or name in SAFE_CALLS:
            return True
        return name in self._safe_functions

    # --- the rules -------------------------------------------------------------------------

    def _check_class(self, node: ast.ClassDef) -> None:
        if self._path != "sanctuary_tui/safe_app.py" and any(
            _name(base) == "App" for base in node.bases
        ):
            self._tell(node, "an App that is not a SafeApp: its notes are parsed as markup")

    def _check_import(self, node: ast.Import | ast.ImportFrom) -> None:
        modules = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            modules.append(node.module or "")
        for name in modules:
            if name.partition(".")[0] in SIDE_DOORS and self._path not in ALLOWED_DOORS:
                self._tell(node, f"{name}: a way out of the program")
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".markup"):
            self._tell(node, "escaping is not enough: use Content, Text or markup=False")

    def _check_attribute(
        self, node: ast.Assign | ast.AnnAssign | ast.NamedExpr, names: dict[str, bool]
    ) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if (
                isinstance(target, ast.Attribute)
                and target.attr in SINK_ATTRIBUTES
                and node.value is not None
                and not self._is_safe(node.value, names)
            ):
                self._tell(node, f"{target.attr}: give it Content")

    def _check_call(
        self, node: ast.Call, names: dict[str, bool], caught: frozenset[str], sink_class: bool
    ) -> None:
        name = _name(node.func)
        keywords = {word.arg: word.value for word in node.keywords if word.arg}
        markup = keywords.get("markup")
        if isinstance(markup, ast.Constant) and markup.value is True:
            self._tell(node, "markup=True")
        if name == "from_markup" and node.args and not isinstance(node.args[0], ast.Constant):
            self._tell(node, "from_markup of something other than a literal")
        if name in SIDE_DOORS and self._path not in ALLOWED_DOORS:
            self._tell(node, f"{name}: a way out of the program")
        if self._path not in WRITERS and self._writes_raw(node, name):
            self._tell(node, f"{name}: past the guard; use cli_output, or guard() what is written")
        if name in TELLS:
            for argument in node.args:
                self._check_exception_told(argument, caught)
        if name in TRACEBACK_TELLS:
            self._tell(node, f"{name} tells an exception's message")
        if name == "OptionList" or (name == "__init__" and sink_class) or name in SINKS:
            self._check_sink(node, name, keywords, names)
        elif isinstance(node.func, ast.Attribute) and self._is_sink_method(node, name):
            for argument in [*node.args, *keywords.values()]:
                if self._is_text(argument, names):
                    self._tell(node, f"{name}: give it Content or Text")

    def _writes_raw(self, node: ast.Call, name: str) -> bool:
        """Does it write a text to the terminal that is no literal and not guarded?"""
        owner = _name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        if name != "print" and not (name == "write" and owner in STREAMS | {"os"}):
            return False
        return not all(map(_is_guarded, node.args))

    def _is_sink_method(self, node: ast.Call, name: str) -> bool:
        # a store and a dictionary have an update() as well
        one_text = name != "update" or len(node.args) == 1
        return self._draws and name in SINK_METHODS and one_text

    def _check_sink(
        self,
        node: ast.Call,
        name: str,
        keywords: dict[str, ast.expr],
        names: dict[str, bool],
    ) -> None:
        markup = keywords.get("markup")
        if isinstance(markup, ast.Constant) and markup.value is False:
            return
        texts = [*node.args[:1], *(v for k, v in keywords.items() if k in TEXT_KEYWORDS)]
        if name in {"Select", "OptionList", "SelectionList"}:  # their items are checked themselves
            texts = [text for text in texts if self._is_text(text, names)]
        for text in texts:
            if isinstance(text, ast.Starred):
                continue
            if not self._is_safe(text, names):
                self._tell(node, f"{name}: give it Content or Text, or markup=False")

    def _check_exception_told(self, node: ast.AST, caught: frozenset[str]) -> None:
        base = node.value if isinstance(node, ast.Attribute) and node.attr == "args" else node
        if isinstance(base, ast.Name) and base.id in caught:
            self._tell(node, "an exception's message can hold a name: use its sentence or type")


def _is_guarded(node: ast.AST) -> bool:
    """A literal, a call of ``guard``, or a text made of these alone."""
    if isinstance(node, ast.JoinedStr):
        return all(_is_guarded(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _is_guarded(node.value)
    return isinstance(node, ast.Constant) or (
        isinstance(node, ast.Call) and _name(node.func) == "guard"
    )


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> dict[str, bool]:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    known: dict[str, bool] = {}
    for argument in arguments:
        if _is_safe_type(argument.annotation):
            known[argument.arg] = False
        elif _name(argument.annotation) == "str":
            known[argument.arg] = True
    return known
