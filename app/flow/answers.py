"""How blocks read the answers of other cores to what they asked."""

from app.domain.requests import Answered
from app.errors import Unavailable
from app.flow.block import Answer


def result_of(answer: Answer) -> str:
    """The word that was answered; `error` for an answer of another kind."""
    return answer.result if isinstance(answer, Answered) else "error"


def require_success(answer: Answer, what: str) -> None:
    """Unavailable when anything but `success` was answered."""
    if result_of(answer) != "success":
        raise Unavailable(what=what, why=answer.reason or "it was refused", remedy="")
