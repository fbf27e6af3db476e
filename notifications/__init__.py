"""Letters, outbox, delivery, clock: knows messages, knows no dossier."""
