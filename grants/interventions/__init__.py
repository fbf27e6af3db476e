"""Interventions: the time that staff spend on a structure, for whatever dispositif."""
