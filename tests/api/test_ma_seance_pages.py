"""The page of a member: one tap for a vote, what is refused, what stays hidden from whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from pypdf import PdfReader

from grants.comites.agenda import write_note
from grants.comites.membres import MembreLine, modify_membre
from tests.builders.comites import STRUCTURES, Sitting, assemble
from tests.builders.dossiers import Counter
from tests.builders.visitors import Answer, Clock, Visitor
from workflow.journal_reading import lines_of

MEMBERS = ("Camille Aubrac", "Dany Belmont", "Lou Delmas", "Noor Esteve")
_SPACES = re.compile(r"\s+")


@pytest.fixture
def database_kind() -> str:
    """One kind: what these pages ask of the services is tested on both beside them."""
    return "sqlite"


@dataclass
class Seat:
    """A member in front of his page."""

    sitting: Sitting
    membre: MembreLine
    visitor: Visitor

    @property
    def home(self) -> str:
        return f"/ma-seance/{self.sitting.hearing.seance}"

    def see(self, path: str = "") -> str:
        """A page, as it reads: spaces and tags aside."""
        answer = self.visitor.get(f"{self.home}{path}")
        assert answer.status_code == 200, answer.status_code
        return _SPACES.sub(" ", unescape(re.sub(r"<[^>]*>", " ", answer.text)))

    def about(self, number: int) -> str:
        return f"/dossiers/{self.sitting.dossiers[number]}"

    def vote(self, number: int, choix: str, voice: int = 0, **said: str) -> Answer:
        form = {"voix": str(voice or self.membre.id), "choix": choix, **said}
        return self.post(f"{self.about(number)}/vote", **form)

    def post(self, path: str, **form: str) -> Answer:
        return self.visitor.post(f"{self.home}{path}", form)


@pytest.fixture
def sitting(counter: Counter, clock: Clock) -> Sitting:
    """A séance open on two dossiers, the vote on the first begun; three of four members there."""
    found = assemble(counter, STRUCTURES[:2], MEMBERS)
    hearing = found.hearing
    clock.now = hearing.now
    hearing.open(*[each.id for each in hearing.members()[:3]])
    hearing.begin(found.dossiers[0])
    return found


@pytest.fixture
def seat_of(
    sitting: Sitting, new_visitor: Callable[[], Visitor], clock: Clock
) -> Callable[[str], Seat]:
    """Whoever of the members comes by his link."""

    def come(nom: str) -> Seat:
        membre = next(each for each in sitting.hearing.members() if each.nom == nom)
        visitor = new_visitor()
        assert visitor.post(sitting.link(membre, clock())).status_code == 303
        return Seat(sitting, membre, visitor)

    return come


@pytest.fixture
def dany(seat_of: Callable[[str], Seat]) -> Seat:
    return seat_of("Dany Belmont")


def test_one_tap_is_a_vote_and_another_changes_it_until_the_closing(
    dany: Seat, sitting: Sitting
) -> None:
    assert "0 vote sur 2 · 1 à donner maintenant" in dany.see()
    assert dany.vote(0, "favorable").headers["location"].startswith(dany.home)
    assert "Votre vote : Favorable, à" in dany.see()
    dany.vote(0, "favorable_avec_reserves", reserves="Fournir le bail.", montant="12 000")
    assert "Favorable avec réserves, 12 000 €" in dany.see().replace("\u202f", " ")
    dany.vote(0, "defavorable", montant="12 000")  # the amount goes with a favorable vote alone
    assert "Votre vote : Défavorable" in dany.see()
    sitting.hearing.close(sitting.dossiers[0])
    late = dany.vote(0, "favorable")
    assert late.status_code == 409
    assert "vote sur ce dossier est clos" in unescape(late.text).lower()
    assert "0 pour, 1 contre" in dany.see()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"choix": "favorable", "montant": "20 000,01"}, "dépasse l’aide demandée"),
        ({"choix": "favorable", "montant": "-1"}, "montant"),
        ({"choix": "favorable", "montant": "beaucoup"}, "montant"),
        ({"choix": "favorable_avec_reserves"}, "Écrivez vos réserves"),
        ({"choix": "pour"}, "Choisissez l’un de ces votes"),
        ({"choix": "favorable", "commentaire": "a" * 1001}, "Réduisez-le à 1000"),
    ],
)
def test_a_faulty_vote_comes_back_with_what_was_typed(
    dany: Seat, said: dict[str, str], sentence: str
) -> None:
    answer = dany.post(f"{dany.about(0)}/vote", voix=str(dany.membre.id), **said)
    assert answer.status_code == 422
    shown = unescape(answer.text).replace("\u202f", " ").replace("\xa0", " ")
    assert sentence in shown
    assert all(text in shown for key, text in said.items() if key == "montant")
    assert "0 vote sur 2" in dany.see()


def test_what_cannot_be_voted_is_refused_with_its_reason(
    dany: Seat, sitting: Sitting, counter: Counter, clock: Clock
) -> None:
    hearing = sitting.hearing
    assert "n’est pas encore ouvert" in unescape(dany.vote(1, "favorable").text)
    absent = next(each for each in hearing.members() if each.nom == "Noor Esteve")
    other = dany.vote(0, "favorable", voice=absent.id)
    assert other.status_code == 409
    stale = dany.vote(0, "favorable", lock_version="3")
    assert (stale.status_code, "changé entre-temps" in stale.text) == (409, True)
    assert dany.post("/dossiers/999999/vote", voix="1", choix="favorable").status_code == 404
    counter.dossier, counter.now = sitting.dossiers[0], clock.now
    counter.do("retirer_du_cts", reason="Le porteur demande un délai.")
    gone = dany.vote(0, "favorable")
    assert gone.status_code == 409
    assert "plus, à l’ordre du jour" in unescape(gone.text)
    assert dany.visitor.get(f"{dany.home}{dany.about(0)}").status_code == 409


def test_who_steps_aside_sees_neither_the_note_nor_the_votes(
    dany: Seat, seat_of: Callable[[str], Seat], sitting: Sitting, clock: Clock
) -> None:
    hearing, dossier = sitting.hearing, sitting.dossiers[0]
    with hearing.database.unit_of_work() as session:
        told = {"note": "Analyse du chargé", "avis_charge": "Plutôt non", "vigilance": "Le bail"}
        write_note(session, hearing.by, hearing.seance, dossier, told, clock.now)
    note = f"{dany.about(0)}?page=2"
    assert "Analyse du chargé" in dany.see(note)
    dany.post(f"{dany.about(0)}/note", texte="À creuser")
    dany.vote(0, "favorable")
    assert dany.post(f"{dany.about(0)}/deport", motif="Trésorière").status_code == 303
    seat_of("Lou Delmas").vote(0, "defavorable")
    hearing.close(dossier)
    for page in (dany.see(), dany.see(note), dany.see(dany.about(0))):
        assert "Vous vous êtes déporté" in page
        for hidden in ("Analyse du chargé", "Plutôt non", "Le bail", "contre", "À creuser"):
            assert hidden not in page
    assert dany.vote(0, "favorable").status_code == 409
    assert "0 pour, 1 contre" in seat_of("Lou Delmas").see()


def test_the_pack_is_kept_without_the_notes_on_what_he_stepped_aside_from(dany: Seat) -> None:
    def notes() -> int:
        answer = dany.visitor.get(f"{dany.home}/dossier-de-seance.pdf")
        assert answer.status_code == 200
        # Two pages for each dossier, after the agenda and who sits.
        return (len(PdfReader(BytesIO(answer.content)).pages) - 2) // 2

    assert notes() == 2
    dany.post(f"{dany.about(0)}/deport", motif="Trésorière")
    assert notes() == 1
    assert "Tous les dossiers en un PDF" in dany.see()


def test_a_link_with_a_project_is_suggested_and_a_mistake_taken_back(
    dany: Seat, sitting: Sitting
) -> None:
    hearing, member = sitting.hearing, dany.membre
    with hearing.database.unit_of_work() as session:
        mandate = {
            "structure": STRUCTURES[1],
            "college": member.college,
            "voix": member.voix,
            "debut": member.debut.isoformat(),
        }
        modify_membre(session, hearing.by, member.id, mandate, hearing.now)
    assert f"Siège au nom de {STRUCTURES[1]}, qui porte ce projet." in dany.see()
    dany.post(f"{dany.about(1)}/deport")
    assert "Vous vous êtes déporté" in dany.see()
    dany.post(f"{dany.about(1)}/deport/retirer")
    assert "Vous vous êtes déporté" not in dany.see()


def test_nobody_else_reads_a_private_note(
    dany: Seat, seat_of: Callable[[str], Seat], sitting: Sitting
) -> None:
    secret = "Appeler la mairie avant de voter"
    dany.post(f"{dany.about(0)}/note", texte=secret)
    assert secret in dany.see()
    assert secret in dany.see(dany.about(0))
    dany.post(f"{dany.about(0)}/note", texte=f"{secret}, puis la région")
    assert "puis la région" in dany.see()
    assert secret not in seat_of("Camille Aubrac").see()
    with sitting.hearing.database.reading() as session:
        lines = lines_of(session.connection(), "seance", sitting.hearing.seance)
    assert secret not in str([line.content for line in lines])
    dany.post(f"{dany.about(0)}/note", texte=" ")
    assert secret not in dany.see()
    assert dany.post(f"{dany.about(0)}/note", texte="a" * 5001).status_code == 422


def test_the_note_is_read_page_by_page(dany: Seat) -> None:
    first = dany.see(dany.about(0))
    assert "Page 1 sur 2 · dossier 1 sur 2" in first
    assert "Créer deux emplois de maraîchage." in first
    second = dany.see(f"{dany.about(0)}?page=2")
    assert "Plan de financement" in second
    assert "Dossier suivant" in second
    assert "Page 2 sur 2 · dossier 2 sur 2" in dany.see(f"{dany.about(1)}?page=2")
    for odd in ("0", "99", "abc", "²"):
        assert "Page" in dany.see(f"{dany.about(0)}?page={odd}")
    voted = dany.vote(0, "favorable", depuis="lecture")
    assert voted.headers["location"].endswith("?page=2")


def test_a_pouvoir_is_given_within_its_limit_and_used_by_who_holds_it(
    dany: Seat, seat_of: Callable[[str], Seat]
) -> None:
    noor, lou = seat_of("Noor Esteve"), seat_of("Lou Delmas")
    for wrong in ("", "abc", "999999", str(noor.membre.id)):
        assert noor.post("/presence", reponse="pouvoir", pouvoir_a=wrong).status_code == 422
    given = {"reponse": "pouvoir", "pouvoir_a": str(dany.membre.id)}
    assert noor.post("/presence", **given).status_code == 303
    assert "Vous avez donné votre pouvoir à Dany Belmont" in noor.see()
    above = lou.post("/presence", **given)
    assert (above.status_code, "a déjà 1 pouvoir" in above.text) == (422, True)
    assert "Pouvoir de Noor Esteve" in dany.see()
    assert dany.vote(0, "favorable", voice=noor.membre.id).status_code == 303
    assert "Son vote : Favorable" in dany.see()
    assert noor.vote(0, "defavorable").status_code == 409


def test_a_member_says_whether_he_comes(
    dany: Seat, seat_of: Callable[[str], Seat], sitting: Sitting, clock: Clock
) -> None:
    noor = seat_of("Noor Esteve")
    assert noor.post("/presence", reponse="peut-être").status_code == 422
    noor.post("/presence", reponse="excuse")
    assert "Vous êtes excusé" in noor.see()
    assert noor.post("/presence", reponse="vient").status_code == 409, "the séance has begun"
    noor.post("/presence", reponse="distance")
    assert "à distance" in noor.see()
    clock.now += timedelta(minutes=10)
    noor.post("/presence", reponse="part")
    assert "Parti à" in noor.see()


def test_a_deputy_does_not_vote_beside_the_titular(
    dany: Seat, seat_of: Callable[[str], Seat], sitting: Sitting
) -> None:
    hearing = sitting.hearing
    (deputy,) = hearing.name("Ode Ferrand", suppleant_de_id=str(dany.membre.id))
    ode = seat_of("Ode Ferrand")
    assert "son suppléant ne vote pas" in ode.see()
    assert ode.vote(0, "favorable").status_code == 409
    hearing.note(dany.membre.id, "excuse")
    hearing.note(deputy, "present")
    assert ode.vote(0, "favorable").status_code == 303


def test_a_secret_ballot_has_no_words_and_is_forgotten_once_closed(
    dany: Seat, sitting: Sitting
) -> None:
    sitting.hearing.rule(scrutin="secret")
    page = dany.see()
    assert "Scrutin secret" in page
    assert "Commentaire" not in page
    assert dany.vote(0, "favorable", commentaire="Moi").status_code == 422
    dany.vote(0, "favorable")
    sitting.hearing.close(sitting.dossiers[0])
    assert "Votre vote : Vote enregistré" in dany.see()
    assert "Votre vote : Favorable" not in dany.see()


def test_a_page_that_has_not_changed_is_not_sent_again(dany: Seat, sitting: Sitting) -> None:
    seen = re.search(r'hx-get="([^"]+vu=[0-9a-f]+)"', dany.visitor.get(dany.home).text)
    assert seen is not None
    assert dany.visitor.get(seen[1]).status_code == 204
    sitting.hearing.begin(sitting.dossiers[1])
    assert dany.visitor.get(seen[1]).status_code == 200


def test_a_tap_that_redraws_one_dossier_lets_the_page_look_again_at_the_others(
    dany: Seat, sitting: Sitting
) -> None:
    """Another vote opened between the last look and the tap: it comes at the next look."""
    sitting.hearing.begin(sitting.dossiers[1])
    form = {"voix": str(dany.membre.id), "choix": "favorable"}
    url = f"{dany.home}{dany.about(0)}/vote"
    redrawn = dany.visitor.post(url, form, **{"hx-request": "true"}).text
    assert f'id="dossier-{sitting.dossiers[1]}"' not in redrawn
    look = re.search(r'class="look"[^>]* hx-get="([^"]+)"', redrawn)
    assert look is not None
    answer = dany.visitor.get(look[1])
    assert answer.status_code == 200
    assert f'id="dossier-{sitting.dossiers[1]}"' in answer.text


def test_a_form_without_its_token_changes_nothing(dany: Seat) -> None:
    for path in ("/presence", "/quitter", f"{dany.about(0)}/vote", f"{dany.about(0)}/deport"):
        answer = dany.visitor.client.post(f"{dany.home}{path}", data={"reponse": "part"})
        assert answer.status_code == 403
    assert "Présent depuis" in dany.see()
