"""What an examination found: each in words, with what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass

OK, WARNING, ERROR = "ok", "warning", "error"
EXIT_CODES = {OK: 0, WARNING: 1, ERROR: 2}
_SIGNS = {OK: "ok     ", WARNING: "WARNING", ERROR: "ERROR  "}


@dataclass(frozen=True, slots=True)
class Finding:
    """`severity` is `ok`, `warning` or `error`; `area` what was looked at; `remedy` is empty when all is well."""

    severity: str
    area: str
    words: str
    remedy: str = ""

    @property
    def sentence(self) -> str:
        """One line for people."""
        return f"{_SIGNS[self.severity]}  {self.area}: {self.words}" + (f" {self.remedy}" if self.remedy else "")


def ok(area: str, words: str) -> Finding:
    return Finding(OK, area, words)


def warning(area: str, words: str, remedy: str) -> Finding:
    return Finding(WARNING, area, words, remedy)


def error(area: str, words: str, remedy: str) -> Finding:
    return Finding(ERROR, area, words, remedy)


def exit_code(findings: Iterable[Finding]) -> int:
    """0 when all is well, 1 with warnings, 2 with errors."""
    return max((EXIT_CODES[finding.severity] for finding in findings), default=0)
