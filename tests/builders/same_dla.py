"""The consultation of prestataires and missions: each page, and where a program does the same."""

from __future__ import annotations

_D, _G, _MISSION = (
    "/dossiers/{dossier_id}",
    "/consultations/{consultation_id}",
    "/missions/{mission_id}",
)
_OFFRE, _FACTURE = f"{_G}/offres/{{offre_id}}", f"{_MISSION}/factures/{{facture_id}}"
_THEIRS = "/ma-consultation/{consultation_id}"
_THEIR_PAGE = "a prestataire has no compte, and nobody deposits an offer for him"
#: What a page posts → what a program asks for.
SAME = {
    f"{_D}/consultation": f"POST {_D}/consultations",
    f"{_G}/modifier": f"PUT {_G}",
    f"{_G}/prestataires": f"PUT {_G}/prestataires",
    f"{_G}/envoyer": f"POST {_G}/envoyer",
    f"{_G}/ouvrir": f"POST {_G}/ouvrir",
    f"{_G}/liens/{{consulte_id}}": f"POST {_G}/liens/{{consulte_id}}",
    f"{_G}/echeance": f"POST {_G}/echeance",
    f"{_G}/abandon": f"POST {_G}/abandon",
    _OFFRE: f"PUT {_OFFRE}",
    f"{_G}/choisir": f"POST {_OFFRE}/choisir",
    f"{_MISSION}/journees": f"POST {_MISSION}/journees",
    f"{_MISSION}/journees/{{journee_id}}/retirer": f"DELETE {_MISSION}/journees/{{journee_id}}",
    f"{_MISSION}/factures": f"POST {_MISSION}/factures",
    f"{_FACTURE}/payer": f"POST {_FACTURE}/payer",
    f"{_FACTURE}/retirer": f"DELETE {_FACTURE}",
    f"{_MISSION}/evaluation": f"PUT {_MISSION}/evaluation",
}
#: What a form says and the address of the API does.
FIELDS = {f"{_G}/choisir": {"offre": "offre_id"}}
#: What only a person in front of a browser does, and why.
OF_THE_BROWSER = {
    f"{_THEIRS}/offre": _THEIR_PAGE,
    f"{_THEIRS}/decliner": _THEIR_PAGE,
    f"{_THEIRS}/quitter": _THEIR_PAGE,
}
#: What a page shows → where a program reads it.
READ = {
    f"{_D}/consultation": f"{_D}/consultations",
    _G: _G,
    _OFFRE: _OFFRE,
    f"{_OFFRE}/document": f"{_OFFRE}/document",
    f"{_G}/choisir": f"{_G}/offres",
    _MISSION: _MISSION,
    f"{_MISSION}/bon-de-commande.pdf": f"{_MISSION}/bon-de-commande.pdf",
}
#: Forms, whose fields the description tells, and the page of a prestataire.
NOTHING_TO_READ = (
    f"{_G}/modifier",
    f"{_G}/prestataires",
    _THEIRS,
)
