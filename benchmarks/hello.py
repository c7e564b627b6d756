"""The floor: the smallest Textual program that paints a text, and answers a key with another."""

from textual.app import App, ComposeResult
from textual.widgets import Static

MARK = "Hello, world"


class Hello(App[None]):
    """A text that counts keys."""

    keys = 0

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(MARK, id="text")

    def on_key(self) -> None:
        """Count the key where it can be seen."""
        self.keys += 1
        self.query_one("#text", Static).update(f"{MARK}: {self.keys} keys")


if __name__ == "__main__":
    Hello().run()
