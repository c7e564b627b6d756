"""A console with a canary on its screen, started through the real launcher by tests.

``python canary_app.py MODE`` is the launcher; it starts itself as the child with ``--child``.
MODE names an entry of ``FAULTS`` (raised with the canary in the message, in a local and on the
screen), or ``none``. Keys: ``l`` locks, ``c`` asks for the fault, ctrl+q quits. With ``--stock``
the same faults happen in an app as Textual makes it, with no launcher: the control.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import os
import sys
import threading
import warnings
from typing import Any

CANARY = "ZX-CANARY"
READY = "GLASS"


def launch(mode: str, args: list[str]) -> int:
    from sanctuary_tui.launcher import run_console

    child = [sys.executable, "-I", "-X", "utf8", os.path.abspath(__file__), "--child", mode]
    return run_console(args, child=child)


def run_child(mode: str, args: list[str]) -> int:
    from sanctuary_tui import crash
    from sanctuary_tui.console import run_app
    from sanctuary_tui.console_options import parse_options
    from sanctuary_tui.hardening import harden_process

    options = parse_options(args)
    harden_process(options.parent)
    crash.install_hooks()

    def make_app() -> Any:
        from config.paths import resolve_paths

        crash.LOG.configure(resolve_paths(options.home, os.environ).log_dir)
        return make_canary_app(mode, options)

    return run_app(make_app, options)


def run_stock(mode: str, args: list[str]) -> int:
    """Stock Textual, run as its documentation says."""
    from sanctuary_tui.console_options import parse_options

    make_canary_app(mode, parse_options(args), stock=True).run()
    return 0


def make_canary_app(mode: str, options: Any, *, stock: bool = False) -> Any:
    from textual.app import App, ComposeResult
    from textual.content import Content
    from textual.reactive import reactive
    from textual.widgets import Label, Static

    from sanctuary_tui.idle import IdleClock, locked_sentence
    from sanctuary_tui.safe_app import SafeApp

    class BadRender(Static):
        def render(self) -> Any:
            row = CANARY
            raise ValueError(row)

    class Watching(Static):
        level = reactive(0)

        def watch_level(self) -> None:
            if self.level:
                boom()

    def boom() -> None:
        survivor_address = CANARY
        raise ValueError(f"invalid address {survivor_address}")

    def recurse(text: str) -> None:
        recurse(text + CANARY)

    async def boom_async() -> None:
        boom()

    class CanaryApp(SafeApp):
        BINDINGS = [("l", "lock", ""), ("c", "fault", ""), ("h", "hang", "")]
        CSS = f"#{CANARY} {{ nonsense: {CANARY}; }}" if mode == "css" else ""

        def compose(self) -> ComposeResult:
            if mode == "compose":
                boom()
            yield Static(Content(f"{READY} {locked_sentence(options.locked)}"))
            for _ in range(5):
                yield Static(Content(CANARY))
            yield Watching()

        def on_mount(self) -> None:
            if not stock:
                self.arm_lock()
            if mode == "mount":
                boom()

        def what_was_saved(self) -> str:
            return "Two changes were saved."

        async def before_lock(self) -> None:
            if options.home:
                with open(os.path.join(options.home, "draft"), "a", encoding="utf-8") as draft:
                    draft.write("saved\n")
            if mode == "before_lock":
                boom()
            if mode == "before_lock_hangs":
                await asyncio.Event().wait()

        def action_hang(self) -> None:
            """A busy loop: the lock must come all the same."""
            while True:
                sum(range(1000))

        async def action_fault(self) -> None:
            await FAULTS[mode](self)

        # --- faults asked for by the key c ---

        async def fault_handler(self) -> None:
            boom()

        async def fault_call_later(self) -> None:
            self.call_later(boom)

        async def fault_call_next(self) -> None:
            self.call_next(boom)

        async def fault_timer(self) -> None:
            self.set_timer(0.01, boom)

        async def fault_thread_worker(self) -> None:
            self.run_worker(boom, thread=True)

        async def fault_async_worker(self) -> None:
            self.run_worker(boom_async())

        async def fault_call_from_thread(self) -> None:
            self.run_worker(lambda: self.call_from_thread(boom), thread=True)

        async def fault_plain_thread(self) -> None:
            threading.Thread(target=boom).start()

        async def fault_task(self) -> None:
            task = asyncio.ensure_future(boom_async())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            del task
            gc.collect()

        async def fault_unraisable(self) -> None:
            class Tomb:
                def __del__(self) -> None:
                    boom()

            Tomb()

        async def fault_markup(self) -> None:
            survivor = CANARY
            await self.mount(Label(f"[/{survivor}]", markup=True))

        async def fault_render(self) -> None:
            await self.mount(BadRender())

        async def fault_query(self) -> None:
            self.query_one(f"#{CANARY}")

        async def fault_reactive(self) -> None:
            self.query_one(Watching).level = 1

        async def fault_recursion(self) -> None:
            recurse(CANARY)

        async def fault_sys_exit(self) -> None:
            sys.exit(CANARY)

        async def fault_keyboard_interrupt(self) -> None:
            raise KeyboardInterrupt(CANARY)

        async def fault_group(self) -> None:
            raise ExceptionGroup(CANARY, [ValueError(CANARY)])

        async def fault_chained(self) -> None:
            try:
                boom()
            except ValueError as error:
                raise KeyError(CANARY) from error

        async def fault_panic(self) -> None:
            self.panic(CANARY)

        async def fault_message(self) -> None:
            self.exit(message=CANARY)

        async def fault_segv(self) -> None:
            ctypes.string_at(0)

        async def fault_open(self) -> None:
            with open(f"/nowhere/{CANARY}", encoding="utf-8"):
                pass

        async def fault_print(self) -> None:
            print(CANARY)  # noqa: T201
            print(CANARY, file=sys.stderr)  # noqa: T201
            self.log(CANARY)
            warnings.warn(CANARY, stacklevel=1)
            logging.getLogger("x").error(CANARY)
            boom()

    FAULTS = {
        name.removeprefix("fault_"): method
        for name, method in vars(CanaryApp).items()
        if name.startswith("fault_")
    }
    if stock:
        own = {
            name: part
            for name, part in vars(CanaryApp).items()
            if callable(part) or name in ("BINDINGS", "CSS")
        }
        return type("StockApp", (App,), own)()
    clock = IdleClock()
    if mode == "short":  # the idle limit of a test, in seconds
        clock._limit = 1.5
    return CanaryApp(clock=clock)


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        os._exit(run_child(sys.argv[2], sys.argv[3:]))
    if sys.argv[1] == "--stock":
        sys.exit(run_stock(sys.argv[2], sys.argv[3:]))
    sys.exit(launch(sys.argv[1], sys.argv[2:]))
