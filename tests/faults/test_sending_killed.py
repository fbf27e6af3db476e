"""Killed among hundreds of letters, the sender loses none, and doubles no more than its deaths."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict

from notifications.outbox import ENVOYE
from tests.builders.courriers import letter_row, put, states
from tests.builders.smtp import PostBox, smtp_server
from tests.faults.senders import senders
from workflow.database import Database

LETTERS, LETTERS_LONG = 400, 2000
KILLS, KILLS_LONG = 8, 40
# What a killed sender had taken waits that long for it; a slow one that lives keeps it longer.
LEASE_S = 0.5
_DEADLINE_S = 240.0


class Campaign:
    """Letters to send, a server that receives them, and senders that are killed meanwhile."""

    def __init__(self, url: str, letters: int) -> None:
        self.database = Database(url)
        self.ids = put(self.database, *(letter_row(n) for n in range(1, letters + 1)))
        self.box = PostBox()
        self.url = url

    def kill(self, kills: int, rng: random.Random, broken: str = "") -> None:
        """One sender, killed that many times and started again, until everything is noted."""
        moments = sorted(rng.sample(range(1, len(self.ids) - 1), kills))
        with smtp_server(self.box) as port, senders(self.url, port) as program:
            running = program.send(LEASE_S, broken)
            for moment in moments:
                self._wait(moment)
                time.sleep(rng.uniform(0, 0.02))
                program.kill(running)
                running = program.send(LEASE_S, broken)
            self._end()

    def share(self, number: int) -> None:
        """Several senders at once, none of them killed."""
        with smtp_server(self.box) as port, senders(self.url, port) as program:
            for _ in range(number):
                program.send(_DEADLINE_S)
            self._end()

    def _wait(self, moment: int) -> None:
        """Until that many were received; a sender that loses some never gets that far."""
        begin, received = time.monotonic(), 0
        while len(self.box.received) < moment:
            assert time.monotonic() < begin + _DEADLINE_S, "nothing is sent any more"
            time.sleep(0.002)
            if len(self.box.received) > received:
                begin, received = time.monotonic(), len(self.box.received)
            elif time.monotonic() > begin + LEASE_S and self._all_noted:
                return

    @property
    def _all_noted(self) -> bool:
        return set(states(self.database).values()) == {ENVOYE}

    def _end(self) -> None:
        deadline = time.monotonic() + _DEADLINE_S
        while not self._all_noted:
            assert time.monotonic() < deadline, Counter(states(self.database).values())
            time.sleep(0.1)
        self.database.dispose()

    @property
    def lost(self) -> int:
        return len(self.ids) - len(self.numbers)

    @property
    def doubled(self) -> int:
        return len(self.box.received) - len(self.numbers)

    @property
    def numbers(self) -> Counter[str]:
        return Counter(each.message_id for each in self.box.received)

    @property
    def numbers_by_recipient(self) -> dict[str, set[str]]:
        found = defaultdict(set)
        for each in self.box.received:
            found[each.recipients[0]].add(each.message_id)
        return found


def test_a_sender_killed_at_random_loses_no_letter_and_doubles_few(
    database_url: str, rng: random.Random, long_run: bool
) -> None:
    kills = KILLS_LONG if long_run else KILLS
    campaign = Campaign(database_url, LETTERS_LONG if long_run else LETTERS)
    campaign.kill(kills, rng)
    assert campaign.lost == 0
    assert campaign.doubled <= kills
    assert all(len(numbers) == 1 for numbers in campaign.numbers_by_recipient.values())


def test_a_sender_that_marks_before_sending_is_caught(sqlite_url: str, rng: random.Random) -> None:
    campaign = Campaign(sqlite_url, 60)
    campaign.kill(KILLS, rng, "marking before sending")
    assert campaign.lost > 0


def test_senders_that_share_a_database_send_each_letter_once(database_url: str) -> None:
    campaign = Campaign(database_url, 150)
    campaign.share(3)
    assert (campaign.lost, campaign.doubled) == (0, 0)
