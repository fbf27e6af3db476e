"""The domain: organismes, structures, dossiers, comités, pipelines, demonstration."""
