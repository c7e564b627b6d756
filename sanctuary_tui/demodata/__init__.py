"""The synthetic caseload: wholly invented people in an invented district, told as stories.

``timeline`` holds steps, stories and the calendar they are told by; ``names`` invents people and
places; ``figures`` the shares and sizes that are drawn from, with their sources; ``district`` what
all cases share; ``household``, ``works`` and ``aftercare`` the building blocks of a case;
``ordinary`` the usual cases, ``scenarios`` and ``awkward*`` the ones written by hand.
"""
