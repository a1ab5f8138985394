"""The source itself: files and functions short enough to be read, and nothing left to be done later."""

import ast
import re
from collections.abc import Iterator

from app.config import PROJECT

LONGEST_FILE = 300
LONGEST_FUNCTION = 60
_LATER = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")


def faulty_source() -> Iterator[str]:
    for path in sorted((PROJECT / "app").rglob("*.py")):
        for problem in source_findings(path.read_text()):
            yield f"{path.relative_to(PROJECT)}: {problem}"


def source_findings(text: str) -> Iterator[str]:
    lines = text.splitlines()
    if len(lines) > LONGEST_FILE:
        yield f"{len(lines)} lines; {LONGEST_FILE} at most."
    for number, line in enumerate(lines, 1):
        if found := _LATER.search(line):
            yield f"line {number} puts something off ({found.group(1)}): do it now or leave it out."
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.name} in line {node.lineno} has {length} lines; {LONGEST_FUNCTION} at most."
