"""The rules of the pathway: pure functions, records and a date in, findings out.

Nothing here draws, stores or asks the time. A rule of the field is found by its name: ``gates``
(G1 to G10), ``consent`` (request, chase ladder, silence), ``aftercare``, ``orders``, ``marac``,
``emergency``, ``transfer``, ``scheme``, ``wording``, ``contact``, ``risk``, ``stages``; what
follows from them is in ``reminders``, ``stuck``, ``derive`` and ``agenda``. ``rulebook`` writes all
of them on one page, docs/RULES.md, from the tables in ``rules_*``; the program never imports it.
"""
