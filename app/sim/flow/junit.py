"""The results of scenarios as JUnit XML, the form that CI servers read."""

from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree

from app.sim.flow.testing import Result


def junit_xml(results: Iterable[Result]) -> str:
    """One suite a file, one case a scenario; times are those of the virtual clock."""
    root = ElementTree.Element("testsuites")
    for path, group in groupby(results, key=lambda each: each.path):
        cases = list(group)
        failed = sum(bool(each.differences) for each in cases)
        suite = ElementTree.SubElement(
            root, "testsuite", name=path.stem, file=str(path), tests=str(len(cases)), failures=str(failed)
        )
        for each in cases:
            case = ElementTree.SubElement(
                suite,
                "testcase",
                classname=path.stem,
                name=each.scenario.name,
                time=f"{each.walked.took_ms / 1000:.3f}",
            )
            if each.differences:
                failure = ElementTree.SubElement(case, "failure", message=_clean(each.differences[0]))
                failure.text = _clean("\n".join(each.differences))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _clean(text: str) -> str:
    """Without the control characters that XML cannot carry."""
    return "".join(character if character >= " " or character in "\n\t" else "?" for character in text)
