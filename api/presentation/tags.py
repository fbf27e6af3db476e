"""The étiquettes of a dossier, and the one about to be added."""

from __future__ import annotations

from sqlalchemy import Connection

from api.views.fields import FieldView
from api.views.tags import DossierTag, TagsSection
from grants.dossiers.etiquettes.queries import tags_of, tags_of_organisme
from grants.dossiers.etiquettes.service import LONGEST
from grants.organisation.identity import Identity
from workflow.subject import Subject


def tags_section(
    connection: Connection, identity: Identity, subject: Subject, typed: str, fault: str
) -> TagsSection:
    """The étiquettes of a dossier; those of the organisme are proposed while typing."""
    url, writes = f"/dossiers/{subject.id}/etiquettes", identity.may_write
    borne = tags_of(connection, subject.tenant_id, [subject.id]).get(subject.id, [])
    known = tags_of_organisme(connection, subject.tenant_id) if writes else []
    return TagsSection(
        tags=tuple(
            DossierTag(
                label=tag.nom,
                url=f"/liste?vue=toutes&etiquette={tag.id}",
                remove_url=f"{url}/{tag.id}/retirer" if writes else "",
            )
            for tag in borne
        ),
        url=url if writes else "",
        field=FieldView(
            name="etiquette",
            label="Étiquette à ajouter",
            value=typed,
            required=True,
            error=fault,
            placeholder="À rappeler",
            longest=LONGEST,
            suggestions=tuple(tag.nom for tag in known if tag not in borne),
        )
        if writes
        else None,
        open=bool(fault),
    )
