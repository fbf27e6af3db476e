"""Missions entrusted to prestataires: days, invoices, payments, and the share of each one."""
