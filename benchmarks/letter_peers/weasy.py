"""The same letter by WeasyPrint: the same data, the same sheet, the same fonts, tagged PDF/UA."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from html import escape, unescape

from notifications.email_html import LETTERHEAD, body_of
from notifications.letter_filters import date_longue
from notifications.letterhead import Emblem
from notifications.pdf import FONTS, Sheet
from workflow.dates import to_paris

_BODY = re.compile("<body>(.*)</body>", re.DOTALL)
_TAG = re.compile("<[^>]*>")
_WORD = re.compile(r"\w+")
VARIANT = "pdf/ua-1"


def weasy_printer() -> Callable[[Sheet], bytes]:
    """A printer with its style sheet read and its fonts found, once for all letters."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    style = CSS(string=_STYLE.replace("FONTS", FONTS.as_uri()), font_config=fonts)
    cache: dict[str, object] = {}

    def printed(sheet: Sheet) -> bytes:
        page = HTML(string=html_of(sheet), base_url=f"{LETTERHEAD.as_uri()}/")
        return page.write_pdf(
            stylesheets=[style], font_config=fonts, pdf_variant=VARIANT, cache=cache
        )

    return printed


def words_of(html: str) -> list[str]:
    """Every word of a page that WeasyPrint reads, in order."""
    body = _BODY.search(html)
    assert body is not None
    return _WORD.findall(unescape(_TAG.sub(" ", body[1])))


def html_of(sheet: Sheet) -> str:
    """The letter as the page that WeasyPrint reads."""
    head = sheet.letterhead
    dated = date_longue(to_paris(sheet.at).date().isoformat())
    return _PAGE.format(
        subject=escape(sheet.subject),
        author=escape(head.name),
        logo=_picture(head.logo, f"Logo de {head.name}", "logo"),
        sender="<br>".join([f"<b>{escape(head.name)}</b>", *map(escape, head.address)]),
        emblems="".join(map(_emblem, head.emblems if sheet.emblems else ())),
        to="<br>".join(map(escape, sheet.to)),
        reference=escape(sheet.reference),
        dated=escape(f"{head.place}, le {dated}"),
        body=body_of(sheet.blocks),
        title=escape(head.signatory_title),
        signature=_picture(head.signature, f"Signature de {head.signatory}", "signature"),
        signatory=escape(head.signatory),
        contact=escape(head.contact),
    )


def _picture(content: bytes | None, told: str, kind: str) -> str:
    if content is None:
        return ""
    data = b64encode(content).decode()
    return f'<img class="{kind}" alt="{escape(told)}" src="data:image/png;base64,{data}">'


def _emblem(emblem: Emblem) -> str:
    flag = f'<img alt="Drapeau" src="{emblem.flag}.svg">'
    return f'<span class="emblem">{flag}<span>{escape(emblem.words)}</span></span>'


_PAGE = """\
<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>{subject}</title>
<meta name="author" content="{author}"></head><body>
<div class="contact">{contact}</div>
<div class="sender">{logo}<p>{sender}</p></div>
<div class="emblems">{emblems}</div>
<p class="to">{to}</p>
<div class="fold"></div>
<div class="start"><span class="soft">Réf. : {reference}</span><span>{dated}</span></div>
<h1>Objet : {subject}</h1>
{body}
<div class="sign"><p>{title},</p>{signature}<p>{signatory}</p></div>
</body></html>
"""

_STYLE = """
@font-face { font-family: Letter; src: url(FONTS/SourceSans3-Regular.otf) }
@font-face { font-family: Letter; font-weight: bold; src: url(FONTS/SourceSans3-Bold.otf) }
@page {
  size: A4; margin: 18mm 20mm 24mm 22mm;
  @bottom-left { content: element(contact); width: 75%; vertical-align: top }
  @bottom-right {
    content: "Page " counter(page) " / " counter(pages);
    font: 8pt Letter; color: #55606e; vertical-align: top
  }
}
body { font: 11pt/1.35 Letter; color: #1c2530; margin: 0; hyphens: auto }
.contact { position: running(contact); font-size: 8pt; color: #55606e }
.sender { position: absolute; left: 0; top: -4mm; width: 66mm; font-size: 9pt }
.logo { height: 12mm; display: block } .sender p { margin: 3mm 0 0 } .sender b { font-size: 10.5pt }
.emblems { position: absolute; left: 78mm; top: -4mm; width: 90mm; text-align: right }
.emblem { display: inline-block; margin-left: 3mm; text-align: left; font-size: 7.5pt }
.emblem img { height: 12mm; vertical-align: middle }
.emblem span { display: inline-block; width: 22mm; margin-left: 1.5mm; vertical-align: middle }
.to { position: absolute; left: 83mm; top: 31mm; width: 85mm; margin: 0; font-size: 10pt }
.fold { position: absolute; left: -22mm; top: 81mm; width: 5mm; border-top: 0.3pt solid #c5ccd4 }
.start { margin-top: 75mm; display: flex } .soft { color: #55606e; width: 83mm }
h1, h2 { font-size: 11pt; margin: 1em 0 0.6em } p { margin: 0 0 0.7em }
table { width: 100%; border-collapse: collapse }
th, td { text-align: left; padding: 0.3em 0.5em; border-bottom: 0.5pt solid #c5ccd4 }
.right { text-align: right }
blockquote { margin: 0; padding-left: 0.9em; border-left: 1.5pt solid #c5ccd4 }
a { color: #1f4f8f; text-decoration: none }
.sign { margin: 1.8em 0 0 83mm; break-inside: avoid } .signature { height: 16mm }
"""
