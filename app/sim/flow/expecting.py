"""Compares a walk with what its scenario expects. Every difference is a sentence."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from app.sim.flow.path import End, Visit, Walked
from app.sim.flow.recorder import words_of
from app.sim.flow.scenario import Expectation

ARROW = "->"


def differences(walked: Walked, expected: Expectation) -> tuple[str, ...]:
    """What is not as expected; nothing when all is well. A mistake inside Trunkline is never expected."""
    return (
        *(f"A mistake in block {fault.block}: {fault.words} ({fault.place})." for fault in walked.faults),
        *_heard(walked, expected),
        *_path(walked, expected),
        *_ending(walked, expected),
        *_values(walked, expected),
        *_functions(walked, expected),
    )


def _heard(walked: Walked, expected: Expectation) -> Iterator[str]:
    place = 0
    for words in expected.heard:
        found = next((index for index in range(place, len(walked.heard)) if words in walked.heard[index]), None)
        if found is None:
            after = f" after {_quoted(walked.heard[place - 1])}" if place else ""
            yield f"{_quoted(words)} was not heard{after}; what was heard there: {_listed(walked.heard[place:])}."
            break
        place = found + 1
    for words in expected.not_heard:
        for said in walked.heard:
            if words in said:
                yield f"{_quoted(words)} was heard, in {_quoted(said)}."
                break


def _path(walked: Walked, expected: Expectation) -> Iterator[str]:
    visits = [visit for visit in walked.path if visit.block]
    place = 0
    for wanted in expected.path:
        found = next((index for index in range(place, len(visits)) if _is(visits[index], wanted)), None)
        if found is None:
            after = f" after {_named(visits[place - 1])}" if place else ""
            way = ", ".join(_named(visit) for visit in visits[place:]) or "nothing"
            yield f"The path did not come through {wanted}{after}; it went {way}."
            break
        place = found + 1
    for unwanted in expected.not_visited:
        if any(_is(visit, unwanted) for visit in visits):
            yield f"The path came through {unwanted}."


def _is(visit: Visit, wanted: str) -> bool:
    """Whether the words `block` or `block -> branch` mean this visit."""
    name, arrow, branch = (part.strip() for part in wanted.partition(ARROW))
    return name in (visit.block, visit.title) and (not arrow or branch == visit.branch)


def _named(visit: Visit) -> str:
    return f"{visit.block} {ARROW} {visit.branch}"


def _ending(walked: Walked, expected: Expectation) -> Iterator[str]:
    ends = walked.ending.words
    if expected.ends and expected.ends != ends:
        because = f" ({walked.ending.reason})" if walked.ending.reason else ""
        yield f"The walk ended with {ends}{because}, not with {expected.ends}."
    took_ms = _took_ms(walked)
    if expected.within_s is not None and took_ms > expected.within_s * 1000:
        yield f"The walk took {took_ms / 1000:.1f} s, longer than {expected.within_s:g} s."


def _took_ms(walked: Walked) -> int:
    """Until the contact was where the walk ended: in a queue it waits for as long as it is watched."""
    contact = walked.contact
    if walked.ending.kind is End.QUEUE and contact.enqueued_ms is not None:
        return contact.enqueued_ms - contact.initiated_ms
    return walked.took_ms


def _values(walked: Walked, expected: Expectation) -> Iterator[str]:
    for name, wanted in expected.attributes.items():
        value = walked.contact.attributes.get(name)
        if value != wanted:
            yield f"The attribute {name} is {_or_nothing(value)}, not {_or_nothing(wanted)}."
    for name, wanted in expected.contact.items():
        if not hasattr(walked.contact, name):
            yield f"A contact has no {name}."
        elif (value := words_of(getattr(walked.contact, name))) != (wanted or ""):
            yield f"The contact's {name} is {_or_nothing(value)}, not {_or_nothing(wanted)}."


def _functions(walked: Walked, expected: Expectation) -> Iterator[str]:
    for wanted in expected.functions:
        calls = [call for call in walked.calls if call.name == wanted.name]
        if not calls:
            names = sorted({call.name for call in walked.calls})
            yield f"The function {wanted.name} was not called; called were {_listed(names)}."
        elif not any(wanted.parameters.items() <= call.parameters.items() for call in calls):
            given = "; ".join(_pairs(call.parameters.items()) for call in calls)
            yield f"The function {wanted.name} was called with {given}, not with {_pairs(wanted.parameters.items())}."


def _pairs(items: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name}={_quoted(value)}" for name, value in items) or "nothing"


def _listed(texts: Sequence[str]) -> str:
    """Each text once where it is repeated."""
    return ", ".join(_quoted(text) for text, _ in groupby(texts)) or "nothing"


def _or_nothing(value: str | None) -> str:
    return _quoted(value) if value else "not set"


def _quoted(text: str) -> str:
    return f'"{text}"'
