"""What Jinja2 says of a misspelt template, in French."""

from __future__ import annotations

import re

_KNOWN = (
    (r"No filter named '(?P<a>.*?)'.*", "le filtre « {a} » n’existe pas"),
    (r"No test named '(?P<a>.*?)'.*", "la condition « {a} » n’existe pas"),
    (
        r"Encountered unknown tag '(?P<a>(?:end|else|elif)\w*)'.*",
        "« {a} » ne ferme rien qui soit ouvert",
    ),
    (r"Encountered unknown tag '(?P<a>.*?)'.*", "« {a} » n’existe pas"),
    (
        r".*innermost block that needs to be closed is '(?P<a>\w+)'.*",
        "il manque « {{% end{a} %}} » à la fin du bloc",
    ),
    (
        r"expected token 'end of (?:print statement|statement block)', got '(?P<a>.*?)'.*",
        "« {a} » est de trop avant la fin des accolades",
    ),
    (r"expected token '(?P<a>.*?)', got '(?P<b>.*?)'.*", "« {a} » est attendu avant « {b} »"),
    (r"unexpected 'end of .*'", "il manque quelque chose avant la fin des accolades"),
    (r"unexpected '(?P<a>.*?)'.*", "« {a} » n’a pas sa place ici"),
    (r"unexpected char '?(?P<a>.*?)'? at \d+", "« {a} » n’a pas sa place ici"),
    (r"unexpected end of template.*", "une accolade ouverte n’est pas fermée"),
    (r"Expected an expression, got 'end of .*'", "rien n’est écrit entre les accolades"),
    (r"Missing end of comment tag", "un commentaire n’est pas fermé : il manque « #}} »"),
    (r"Missing end of raw directive", "il manque « {{% endraw %}} »"),
    (r"tag name expected", "il manque un mot après « {{% »"),
)
_RULES = tuple((re.compile(told, re.DOTALL), french) for told, french in _KNOWN)
_OTHERWISE = "cette écriture n’est pas comprise"


def in_french(message: str | None) -> str:
    """The cause of a syntax error, in a sentence that the editor of a letter reads."""
    for told, french in _RULES:
        match = told.fullmatch(message or "")
        if match:
            return french.format(**match.groupdict())
    return _OTHERWISE
