"""The DLA: the prestataires to whom missions are entrusted."""
