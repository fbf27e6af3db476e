"""European cooperation: what its sheets list (partners, visits, participants), and its figures."""
