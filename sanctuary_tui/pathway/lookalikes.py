"""Letters of other alphabets that look like a plain Latin one.

Source: Unicode Security Mechanisms (UTS #39), confusables.txt 15.1.0, © 2023 Unicode, Inc., Unicode
licence v3: the single letters of Latin, Greek, Cyrillic, Armenian, Cherokee, Coptic and Lisu
whose likeness is one plain letter. Latin letters are told by their names instead (``folded``).
"""

from typing import Final

CONFUSABLE: Final = {
    "A": "ΑАᎪꓮ",
    "B": "ꞴΒВᏴꓐ",
    "C": "ⲤСᏟꓚҪ",
    "D": "ᎠꓓÐƉ",
    "E": "ΕЕᎬꓰ",
    "F": "Ϝꓝ",
    "G": "ԌᏀᏳꓖ",
    "H": "ΗⲎНᎻꓧҢӉӇ",
    "J": "ͿЈᎫꓙ",
    "K": "ΚⲔКᏦꓗҚҞ",
    "L": "ⳐᏞꓡ",
    "M": "ΜϺⲘМᎷꓟӍ",
    "N": "ΝⲚꓠ",
    "O": "ΟⲞОՕꓳθΘӨѲᎾᏫ",
    "P": "ΡⲢРᏢꓑ",
    "R": "ƦᎡᏒꓣ",
    "S": "ЅՏᏕᏚꓢ",
    "T": "ΤⲦТᎢꓔҬ",
    "U": "ՍꓴɄᏌ",
    "V": "ѴᏙꓦ",
    "W": "ԜᎳᏔꓪ",
    "X": "ꞳΧⲬХꓫҲ",
    "Y": "ΥⲨУҮᎩᎽꓬҰ",
    "Z": "ΖᏃꓜ",
    "a": "ɑαа",
    "b": "ƄЬᏏБҍҌѣѢ",
    "c": "ⲥсꮯҫ",
    "d": "ԁᏧꓒ",
    "e": "еҽҿ",
    "f": "ꬵք",
    "g": "ƍց",
    "h": "һհᏂꚕᏲћ",
    "i": "ɩιіꙇӏꭵᎥᵻᵼ",
    "j": "ϳј",
    "l": "ƖǀΙⲒІӀꓲ",
    "n": "ոռη",
    "o": "οσⲟоօөѳꮎꮻꭴ",
    "p": "ρⲣр",
    "q": "ԛգզ",
    "r": "ꭇꭈᴦⲅгꮁғ",
    "s": "ƽѕꮪ",
    "u": "ꞟυսᵾꮜ",
    "v": "νѵꮩ",
    "w": "ѡԝաꮃѽꝡ",
    "x": "х",
    "y": "ɣγуүұ",
    "z": "ꮓ",
}
