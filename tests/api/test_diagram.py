"""The layout of a pipeline: everything is shown, nothing overlaps."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from api.views.diagram import Box, Diagram, Edge, Node, draw
from api.views.diagram_shapes import EdgeKind

LIVING = ("contact", "accueil", "montage", "comite", "retenu", "suivi", "bilan")
ENDED = ("clos", "refuse", "sans_suite")


def node(key: str, *, present: bool = False) -> Node:
    return Node(key=key, label=key.capitalize(), tone="bleu", final=key in ENDED, present=present)


def edge(label: str, origin: str, destination: str | None, kind: EdgeKind = "avance") -> Edge:
    return Edge(label=label, origin=origin, destination=destination, kind=kind)


def whole_pipeline() -> Diagram:
    """Seven stages in a row, three endings, and every sort of action."""
    forward = [edge(f"Vers {b}", a, b) for a, b in itertools.pairwise((*LIVING, "clos"))]
    back = [
        edge("Ajourner", "comite", "montage", "retour"),
        edge("Retirer", "comite", "montage", "retour"),
        edge("Changer de séance", "comite", "comite", "retour"),
    ]
    out = [edge("Refuser", "comite", "refuse", "sortie")]
    many = [edge("Classer", stage, "sans_suite", "sortie") for stage in LIVING[:4]]
    returning = [edge("Réactiver", "sans_suite", None, "retour")]
    return draw(
        [node(key, present=key == "montage") for key in (*LIVING, *ENDED)],
        [*forward, *back, *out, *many, *returning],
    )


def box(drawing: Diagram, key: str) -> Box:
    return next(box for box in drawing.boxes if box.node.key == key)


def apart(one: Box, other: Box) -> bool:
    return (
        one.right <= other.x
        or other.right <= one.x
        or one.bottom <= other.y
        or other.bottom <= one.y
    )


def test_the_way_forward_runs_straight_down() -> None:
    drawing = whole_pipeline()
    spine = [box(drawing, key) for key in (*LIVING, "clos")]
    assert len({stage.x for stage in spine}) == 1
    assert [stage.y for stage in spine] == sorted(stage.y for stage in spine)


def test_an_ending_stands_on_the_right_of_the_stage_it_leaves() -> None:
    drawing = whole_pipeline()
    refused, leaving = box(drawing, "refuse"), box(drawing, "comite")
    assert refused.x > leaving.right
    assert refused.y == leaving.y


def test_two_actions_between_the_same_stages_share_an_arrow() -> None:
    shared = [arrow for arrow in whole_pipeline().arrows if "Ajourner" in arrow.lines]
    assert [arrow.lines for arrow in shared] == [("Ajourner", "Retirer")]


def test_an_action_from_many_stages_is_told_in_a_note_that_its_ending_bears() -> None:
    drawing = whole_pipeline()
    told = drawing.notes[0]
    assert (told.label, told.destination) == ("Classer", "Sans_suite")
    assert told.origins == "« Contact », « Accueil », « Montage », « Comite »"
    assert box(drawing, "sans_suite").marks == (told.mark,)
    assert not any("Classer" in arrow.lines for arrow in drawing.arrows)


def test_an_action_that_returns_where_it_came_from_is_told() -> None:
    returning = next(note for note in whole_pipeline().notes if note.label == "Réactiver")
    assert returning.destination == "l’étape d’où vient le dossier"


def test_all_the_stages_or_all_but_one_are_said_shortly() -> None:
    stages = [node(key) for key in LIVING]
    everywhere = draw(stages, [edge("Corriger", key, None) for key in LIVING])
    elsewhere = draw(stages, [edge("Corriger", key, None) for key in LIVING[1:]])
    assert everywhere.notes[0].origins == "toutes les étapes"
    assert elsewhere.notes[0].origins == "toutes les étapes sauf « Contact »"


def test_living_stages_are_said_shortly_too() -> None:
    stages = [node(key) for key in (*LIVING, "clos")]
    drawing = draw(stages, [edge("Abandonner", key, "clos", "sortie") for key in LIVING])
    assert drawing.notes[0].origins == "toutes les étapes en cours"


def test_a_pipeline_without_stages_is_an_empty_drawing() -> None:
    assert draw([], []).boxes == ()


KEYS = [f"e{number}" for number in range(8)]
ACTIONS = st.lists(
    st.builds(
        edge,
        st.sampled_from(["Avancer", "Revenir", "Une action au nom plutôt long", "Finir"]),
        st.sampled_from(KEYS),
        st.one_of(st.none(), st.sampled_from(KEYS)),
        st.sampled_from(["avance", "retour", "sortie", "correction"]),
    ),
    max_size=24,
)


@given(ACTIONS)
def test_no_stage_covers_another_and_all_fit_in_the_drawing(actions: list[Edge]) -> None:
    drawing = draw([node(key) for key in KEYS], actions)
    assert all(apart(one, other) for one, other in itertools.combinations(drawing.boxes, 2))
    assert all(
        stage.x >= 0 and stage.right <= drawing.width and stage.bottom <= drawing.height
        for stage in drawing.boxes
    )


@given(ACTIONS)
def test_every_action_is_either_drawn_or_told(actions: list[Edge]) -> None:
    drawing = draw([node(key) for key in KEYS], actions)
    shown = {" ".join(arrow.lines) for arrow in drawing.arrows}
    told = {note.label for note in drawing.notes}
    for action in actions:
        assert action.label in told or any(action.label in words for words in shown)
