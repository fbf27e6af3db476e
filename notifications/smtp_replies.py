"""What the answers of an SMTP server mean: about us, about the message, or about the mailbox."""

from __future__ import annotations

import re

from notifications.envelope import printable_line
from notifications.transports import Answer, Verdict

LONGEST_ANSWER = 400
CLOSING = 421
TOO_BIG = 552
_FINAL = 500
_GOOD = range(200, 300)
_DETAIL = re.compile(r"^\s*5\.([0-9]{1,3})\.([0-9]{1,3})\b")
# RFC 3463: the address does not exist, is badly formed or moved; the mailbox is disabled.
_NO_MAILBOX = {("1", "1"), ("1", "2"), ("1", "3"), ("1", "6"), ("1", "10"), ("2", "1")}
# Servers without these codes say it in words; what they say of policies is not about the mailbox.
_SAYS_NO_MAILBOX = re.compile(
    r"unknown|no such|not? exist|doesn.t exist|no mailbox|invalid (mailbox|recipient|user)"
    r"|user not found|inconnu|n.existe pas",
    re.IGNORECASE,
)
_SAYS_POLICY = re.compile(r"block|spam|polic|relay|denied|blacklist|reputation", re.IGNORECASE)
_MAILBOX_CODES = (550, 551, 553)


def is_good(code: int) -> bool:
    """Whether the server did what it was asked."""
    return code in _GOOD


def closed(text: str) -> Answer:
    """The server takes nothing from us just now."""
    return Answer("ferme", printable_line(text, LONGEST_ANSWER))


def of_greeting(code: int, reply: bytes | str) -> Answer:
    """An answer before any message: a refusal is about this installation, not about a letter."""
    return closed(_told(code, reply))


def of_sender(code: int, reply: bytes | str) -> Answer:
    """An answer to « MAIL FROM »: about this installation, save for a message that is too big."""
    verdict: Verdict = "refuse" if code == TOO_BIG else "ferme"
    return Answer(verdict, _told(code, reply))


def of_recipient(code: int, reply: bytes | str) -> Answer:
    """An answer to « RCPT TO »: about this one mailbox."""
    if code == CLOSING:
        return closed(_told(code, reply))
    verdict: Verdict = "refuse" if code >= _FINAL else "plus_tard"
    return Answer(verdict, _told(code, reply), no_mailbox=says_no_mailbox(code, _plain(reply)))


def of_message(code: int, reply: bytes | str) -> Answer:
    """An answer to the message itself."""
    if is_good(code):
        return Answer("accepte", _told(code, reply))
    verdict: Verdict = "refuse" if code >= _FINAL else "plus_tard"
    return Answer(verdict, _told(code, reply))


def says_no_mailbox(code: int, text: str) -> bool:
    """Whether a refusal says that nobody receives at this address, now or later."""
    if code < _FINAL:
        return False
    if detail := _DETAIL.match(text):
        return (detail[1], detail[2]) in _NO_MAILBOX
    by_words = _SAYS_NO_MAILBOX.search(text) and not _SAYS_POLICY.search(text)
    return code in _MAILBOX_CODES and bool(by_words)


def _plain(reply: bytes | str) -> str:
    return printable_line(reply, LONGEST_ANSWER)


def _told(code: int, reply: bytes | str) -> str:
    return f"{code} {_plain(reply)}".strip()
