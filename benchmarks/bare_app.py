"""The least that FastAPI and SQLModel can be: what a start is compared with."""

import os
from html import escape

import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from sqlmodel import Field, Session, SQLModel, create_engine, select


class Contact(SQLModel, table=True):
    """Somebody to call."""

    id: int | None = Field(default=None, primary_key=True)
    nom: str


app = FastAPI()
engine = create_engine(os.environ.get("BENCH_BARE_URL", "sqlite://"))


@app.get("/", response_class=HTMLResponse)
def contacts() -> str:
    """The names, as a list."""
    with Session(engine) as session:
        names = [escape(contact.nom) for contact in session.exec(select(Contact))]
    return f"<!doctype html><title>Contacts</title><ul><li>{'<li>'.join(names)}</ul>"


def main() -> None:
    """Make the table, a few rows, and serve."""
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        if session.exec(select(Contact)).first() is None:
            session.add_all([Contact(nom=f"Contact {number}") for number in range(50)])
            session.commit()
    uvicorn.run(app, port=int(os.environ["BENCH_BARE_PORT"]), log_level="warning")


if __name__ == "__main__":
    main()
