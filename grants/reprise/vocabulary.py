"""What a reprise leaves in the journal, and the words it is read by."""

from workflow.vocabulary import Register

REPRISE = Register()
TAKEN_OVER = "dossier_repris"
MOVED = "etape_reprise"

REPRISE.event(TAKEN_OVER, "Dossier repris d'un fichier")
REPRISE.event(MOVED, "Étape reprise d'un fichier")
