"""No text from people is parsed as markup, shown as an exception, or let out by a side door."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.markup_lint import WRITERS, lint, read_sources

ROOT = Path(__file__).parents[1]


@pytest.mark.guarantee
def test_the_program_is_clean() -> None:
    found = lint(read_sources(ROOT, "widgets", "sanctuary_tui"))
    assert not found, "\n" + "\n".join(map(str, found))


@pytest.mark.guarantee
def test_no_layer_tells_an_exceptions_message() -> None:
    found = [
        finding
        for finding in lint(read_sources(ROOT, "config", "db"))
        if "exception" in finding.rule
    ]
    assert not found, "\n" + "\n".join(map(str, found))


def rules(body: str, path: str = "sanctuary_tui/screens/x.py") -> list[str]:
    return [finding.rule for finding in lint({path: f"from textual import x\n{body}"})]


@pytest.mark.parametrize(
    "body",
    [
        "Static(name)",
        "Static(case.title)",
        "Static(f'Case {name}')",
        "Static('Case ' + name)",
        "Static('Case %s' % name)",
        "Static('x' if a else case.title)",
        "Static(content=name)",
        "Static(escape(name))",
        "Label(names[0])",
        "Button(f'Open {ref}')",
        "Checkbox(label=person.name)",
        "Option(row.text)",
        "Collapsible(title=name)",
        "TabPane(name)",
        "Static(name, markup=True)",
        "Static('x', markup=True)",
        "widgets.Static(name)",
        "class Badge(Static):\n def __init__(self, t): super().__init__(t)",
        "class A(Static): pass\nclass B(A):\n def __init__(self, t): super().__init__(t)",
        "self.query_one(Static).update(f'{n} cases')",
        "def f(t: str): w.update(t)",
        "t = ', '.join(names)\nw.update(t)",
        "table.add_row(f'{a}', Text(b))",
        "table.add_column(str(name))",
        "tree.root.add_leaf(one_line(name, 10))",
        "options.add_option(f'{name}')",
        "w.border_title = name",
        "w.border_title = f'{name}'",
        "w.tooltip = case.note",
        "Content.from_markup(f'[b]{name}[/b]')",
        "Text.from_markup(name)",
        "from rich.markup import escape",
        "from textual.markup import escape",
        "class Mine(App[None]): pass",
        "class Mine(textual.app.App): pass",
        "import subprocess",
        "from subprocess import run",
        "import webbrowser",
        "self.app.copy_to_clipboard(x)",
        "os.system(x)",
        "with self.app.suspend(): pass",
        "self.app.open_url(x)",
        "self.app.save_screenshot()",
        "try: f()\nexcept E as error: g(str(error))",
        "try: f()\nexcept E as error: g(f'failed: {error}')",
        "try: f()\nexcept E as error: g(f'failed: {error!r}')",
        "try: f()\nexcept E as error: g(repr(error.args))",
        "traceback.print_exc()",
        "sys.stdout.write(name)",
        "sys.stderr.write(f'{name} was saved')",
        "sys.__stdout__.write(name)",
        "self.app._driver.write(name)",
        "driver.write('\\x1b]0;' + name)",
        "os.write(2, name.encode())",
        "print(name)",
    ],
)
def test_what_is_refused(body: str) -> None:
    assert rules(body)


@pytest.mark.parametrize(
    "body",
    [
        "Static()",
        "Static('')",
        "Static('A plain label')",
        "Static('a' if x else 'b')",
        "Static(name, markup=False)",
        "Static(f'{name}', markup=False)",
        "Static(Content(name))",
        "Static(Content.assemble(('Case ', 'bold'), name))",
        "Static(Content.from_markup('[b]$t[/b]', t=name))",
        "Static(Text(name))",
        "title = Content(name)\nStatic(title)",
        "def head(c) -> Content: ...\nStatic(head(c))",
        "def head(c) -> Content: ...\nStatic(self.head(c))",
        "def f(t: Content): return Static(t)",
        "Static(id='x', classes=name)",
        "w.update(Content(f'{n} cases'))",
        "w.update('plain')",
        "counts.update(other)",
        "store.update(f'{table}', key, {'a': text})",
        "counts.update({'a': 1})",
        "digest.update(payload)",
        "table.add_row(Text(a), Text(b))",
        "w.border_title = Content(name)",
        "w.border_title = 'Plain'",
        "Input(value=name, placeholder=name)",
        "self.notify(f'{name} was saved')",
        "class Mine(SafeApp): pass",
        "try: f()\nexcept SanctuaryError as error: show(error.sentence)",
        "try: f()\nexcept OSError as error: raise SanctuaryError('No.') from error",
        "try: f()\nexcept OSError as error: log(error.errno, type(error).__name__)",
        "error = 1\nf(str(error))",
        "sys.stderr.write('The two were not alike.')",
        "sys.stderr.write(f'{guard(sentence)}\\n')",
        "stream.write(data)",
        "class Badge(Static):\n def __init__(self, t): super().__init__(t, markup=False)",
        "class Plain(Widget):\n def __init__(self, t): super().__init__(t)",
    ],
)
def test_what_is_allowed(body: str) -> None:
    assert rules(body) == []


def test_the_launcher_may_start_the_console() -> None:
    assert rules("import subprocess", "sanctuary_tui/launcher.py") == []


def test_only_the_files_that_guard_what_they_write_may_write() -> None:
    assert rules("sys.stdout.write(name)", "sanctuary_tui/cli_output.py") == []
    for path in WRITERS:
        assert (ROOT / path).exists()
    for path in WRITERS - {"sanctuary_tui/cli_output.py"}:
        calls = re.findall(r"(?:stdout|stderr)\.write\((.*)", (ROOT / path).read_text("utf-8"))
        assert all(call.startswith(('f"{guard(', '"')) for call in calls), (path, calls)


def test_a_finding_says_where() -> None:
    (finding,) = lint({"widgets/x.py": "\n\nStatic(name)"})
    assert str(finding).startswith("widgets/x.py:3 Static:")
