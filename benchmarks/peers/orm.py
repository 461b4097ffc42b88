"""What an ORM makes of it: a row with an id, timestamps and indexes for every mark, action and case."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Tables of their own, beside the product's."""


class OrmPupil(Base):
    """One pupil."""

    __tablename__ = "orm_pupil"
    __table_args__ = ({"schema": "peer"},)

    id: Mapped[int] = mapped_column(primary_key=True)
    upn: Mapped[str] = mapped_column(unique=True)
    urn: Mapped[str]
    surname: Mapped[str]
    forename: Mapped[str]
    first: Mapped[date]
    last: Mapped[date]


class OrmMark(Base):
    """One mark, as the documentation of an ORM would have it."""

    __tablename__ = "orm_mark"
    __table_args__ = (
        UniqueConstraint("pupil_id", "session_date", "half"),
        Index("orm_mark_by_date", "session_date"),
        {"schema": "peer"},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("peer.orm_pupil.id"))
    session_date: Mapped[date]
    half: Mapped[int]
    code: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OrmSchool(Base):
    """One school."""

    __tablename__ = "orm_school"
    __table_args__ = ({"schema": "peer"},)

    id: Mapped[int] = mapped_column(primary_key=True)
    urn: Mapped[str]
    name: Mapped[str]


class OrmCase(Base):
    """One case with its relations."""

    __tablename__ = "orm_case"
    __table_args__ = (Index("orm_case_of_owner", "owner_id", "review_on"), {"schema": "peer"})

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str]
    pupil_id: Mapped[int] = mapped_column(ForeignKey("peer.orm_pupil.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("peer.orm_school.id"))
    status: Mapped[str]
    stage: Mapped[str]
    owner_id: Mapped[str]
    review_on: Mapped[date]
    pupil: Mapped[OrmPupil] = relationship()
    school: Mapped[OrmSchool] = relationship()
    actions: Mapped[list["OrmAction"]] = relationship(order_by="OrmAction.id")


class OrmAction(Base):
    """One thing that happened on a case."""

    __tablename__ = "orm_action"
    __table_args__ = (Index("orm_action_of_case", "case_id"), {"schema": "peer"})

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("peer.orm_case.id"))
    on: Mapped[date]
    says: Mapped[str]
