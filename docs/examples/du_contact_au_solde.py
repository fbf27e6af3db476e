"""Takes a dossier from its first contact to « clos » by the API, as far as it may go today.

    export MICROPROJETS_JETON=mp_…
    python3 docs/examples/du_contact_au_solde.py http://127.0.0.1:8000
    python3 docs/examples/du_contact_au_solde.py http://127.0.0.1:8000 --dossier 12

At each stage it reads what the dossier still lacks, brings it, and asks for the next action. It
stops where only time or people can go on (the séance has to be held), says why, and goes on from
there when it is run again with the dossier's number.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from microprojets import Action, Answers, Dossier, Microprojets, Problem

CONTACT: Answers = {
    "pipeline": "microprojets",
    "contact_le": date.today().isoformat(),
    "titre": "Garage solidaire de la vallée",
    "commune": "Sospel",
    "departement": "06",
    "porteur_nom": "Amina Deschamps",
    "porteur_email": "amina@garage.example",
    "structure_nom": "Roule ma vallée",
}
ACCUEIL: Answers = {
    "compte_rendu": "Projet mûr, équipe motivée.",
    "statut_ess": "oui",
    "territoire_eligible": "oui",
    "lien_emploi": "oui",
    "effectif_etp": "2,5",
    "sans_autre_aide_ue": "oui",
}
PROJET: Answers = {
    "objet": "Réparer et prêter des voitures à qui reprend un emploi.",
    "public_vise": "Demandeurs d’emploi de la vallée",
    "secteur": "mobilite",
}
PLAN: Answers = {
    "cout_total": "30000",
    "montant_demande": "18000",
    "ligne_1_nature": "cofinanceur",
    "ligne_1_financeur": "Ville de Sospel",
    "ligne_1_montant": "12000",
    "ligne_1_etat": "obtenu",
}
DONE, NOT_DONE, TO_GO_ON_WITH = 0, 2, 3


def day(offset: int) -> str:
    """A day from today."""
    return (date.today() + timedelta(days=offset)).isoformat()


def known_answers() -> Mapping[str, str]:
    """What this program answers when an action asks for it."""
    return {
        "rendez_vous": f"{day(8)}T14:30",
        "lieu_rendez_vous": "Nos bureaux",
        "montant_accorde": "15000,50",
        "convention_signee_le": day(0),
        "date_debut": day(60),
        "date_fin": day(400),
        "iban": "FR1420041010050500013M02606",
        "titulaire_iban": "Roule ma vallée",
        "bilan_recu_le": day(0),
    }


class Walk:
    """One dossier on its way. `stages` says what each stage needs, and which action ends it."""

    def __init__(self, api: Microprojets, id: int) -> None:
        self.api, self.id = api, id
        self.stages: Mapping[str, tuple[str, Callable[[], Mapping[str, str]]]] = {
            "contact": ("accueillir", dict),
            "accueil": ("accompagner", self._receive),
            "accompagnement": ("inscrire_cts", self._build),
            "cts": ("selectionner", dict),
            "selectionne": ("conventionner", lambda: self._bring_pieces("conventionner")),
            "suivi": ("receptionner_bilan", dict),
            "bilan": ("solder", dict),
        }

    def go_on(self) -> bool:
        """As far as it may go; whether it is at its end."""
        while not (dossier := self.dossier())["termine"]:
            action, prepare = self.stages[dossier["etape"]]
            found = prepare()
            if not self._take(action, found):
                return False
        return True

    def dossier(self) -> Dossier:
        """The dossier as it is now."""
        return self.api.dossier(self.id)

    def _take(self, name: str, found: Mapping[str, str]) -> bool:
        """Take an action, unless it is refused: then all the reasons are told."""
        action = next(each for each in self.api.actions(self.id) if each["cle"] == name)
        try:
            moved = self.api.do(self.dossier(), name, _asked(action, found))
        except Problem as problem:
            if not problem.reasons:
                raise
            print(f"« {action['libelle']} » attend :\n  - {problem}")
            return False
        print(f"« {action['libelle']} » : le dossier est à l’étape « {moved['etape']} ».")
        return True

    def _receive(self) -> Mapping[str, str]:
        self.api.answer(self.dossier(), "accueil", ACCUEIL)
        return {}

    def _build(self) -> Mapping[str, str]:
        """The project described, its pièces in, its plan balanced, a séance found."""
        days = {"date_debut": day(60), "date_fin": day(400)}
        self.api.answer(self.dossier(), "projet", {**PROJET, **days})
        self._bring_pieces("inscrire_cts")
        self.api.finance(self.dossier(), PLAN)
        return {"seance": str(self._open_seance())}

    def _bring_pieces(self, action: str) -> Mapping[str, str]:
        """Hand in and validate what an action waits for."""
        for piece in self.api.pieces(self.id):
            if action in piece["pour"] and piece["etat"] != "validee":
                paper = sample_pdf(f"{piece['cle']} {self.id}")
                held = self.api.hand_in(self.id, piece["cle"], [(f"{piece['cle']}.pdf", paper)])
                self.api.validate(self.id, held, day(0) if piece["validite"] else None)
                print(f"  pièce validée : {piece['libelle']}")
        return {}

    def _open_seance(self) -> int:
        """The first séance that still takes dossiers, or a new one."""
        still = [each for each in self.api.seances() if each["cloture_inscriptions"] >= day(1)]
        if still:
            return min(still, key=lambda each: each["tenue_le"])["id"]
        planned = {"comite": "CTS", "tenue_le": f"{day(30)}T14:00", "cloture_inscriptions": day(15)}
        return self.api.plan_seance(planned)


def open_one(api: Microprojets) -> int:
    """Open the dossier; for a structure that is known already if one resembles it."""
    try:
        opened = api.open_dossier(CONTACT)
    except Problem as problem:
        if problem.code != "structure_proche":
            raise
        known = str(problem.structures[0]["id"])
        described = {k: v for k, v in CONTACT.items() if not k.startswith("structure_")}
        opened = api.open_dossier({**described, "structure_id": known})
    print(f"Dossier {opened['reference']} ouvert (numéro {opened['id']}).")
    return opened["id"]


def sample_pdf(words: str) -> bytes:
    """A PDF of one blank page; `words` make it unlike any other."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    body, places = b"%PDF-1.4\n% " + words.encode() + b"\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 4\n0000000000 65535 f \n" + table + end


def _asked(action: Action, found: Mapping[str, str]) -> Answers:
    """Of what is known, what the action asks for."""
    known = {**known_answers(), **found}
    return {name: known[name] for name in action["schema"]["properties"] if name in known}


def walk(api: Microprojets, id: int | None) -> int:
    """Go on with a dossier, or with a new one."""
    me = api.me()
    print(f"{me['compte']['nom']}, {me['organisme']['nom']}.")
    on_its_way = Walk(api, id or open_one(api))
    if on_its_way.go_on():
        print("Le dossier est au bout de son parcours.")
        return DONE
    print(f"À reprendre plus tard : --dossier {on_its_way.id}")
    return TO_GO_ON_WITH


def main() -> int:
    """Read the command line, and walk."""
    asked = argparse.ArgumentParser(description="Un dossier, du premier contact au solde.")
    asked.add_argument("adresse", help="celle du serveur, comme http://127.0.0.1:8000")
    asked.add_argument("--dossier", type=int, help="le numéro d’un dossier à continuer")
    typed = asked.parse_args()
    token = os.environ.get("MICROPROJETS_JETON")
    if not token:
        print("Donnez un jeton dans MICROPROJETS_JETON (menu du compte, « Jetons d’API »).")
        return NOT_DONE
    try:
        return walk(Microprojets(typed.adresse, token), typed.dossier)
    except Problem as problem:
        print(problem)
        return NOT_DONE


if __name__ == "__main__":
    sys.exit(main())
