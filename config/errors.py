"""The one kind of error a person is shown."""

from __future__ import annotations


class SanctuaryError(Exception):
    """Something a person can act on.

    ``sentence`` says what is wrong, where, and what to do next, in one plain sentence. It never
    carries a name, an address or the text of a lower layer's exception. ``field`` is the field of
    the form that it is about, where it is about one: the form marks it and goes there.
    """

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class RefusedError(SanctuaryError):
    """A rule of the pathway or of the program refused the action; nothing was changed."""


class BadInputError(SanctuaryError):
    """What was typed or read cannot be taken as it stands; nothing was changed."""
