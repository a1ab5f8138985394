"""python -m app.telephony.ari.generate REST_API_DIR [OUTPUT_DIR]

REST_API_DIR is Asterisk's rest-api folder, usually /usr/share/asterisk/rest-api. Needs ruff, which lays the output out.
"""

import subprocess
import sys
from pathlib import Path

from app.errors import TrunklineError
from app.telephony.ari.generate.description import read
from app.telephony.ari.generate.render import modules

OUTPUT = Path(__file__).parent.parent / "generated"


def generate(folder: Path, output: Path) -> list[Path]:
    """Writes the modules into `output`, removes what is no longer generated, and returns what was written."""
    texts = modules(read(folder))
    output.mkdir(parents=True, exist_ok=True)
    for stale in output.glob("*.py"):
        if stale.stem not in texts:
            stale.unlink()
    paths = [output / f"{name}.py" for name in texts]
    for path in paths:
        path.write_text(texts[path.stem])
    ruff = [sys.executable, "-m", "ruff"]
    rules = ["--line-length", "120", "--target-version", "py311"]
    files = [str(path) for path in paths]
    subprocess.run([*ruff, "check", "--quiet", "--isolated", "--fix", "--select", "I,F401", *rules, *files], check=True)
    subprocess.run([*ruff, "format", "--quiet", "--isolated", *rules, *files], check=True)
    return paths


def main(arguments: list[str]) -> int:
    if len(arguments) not in (1, 2):
        sys.stderr.write(str(__doc__))
        return 2
    try:
        paths = generate(Path(arguments[0]), Path(arguments[1]) if len(arguments) == 2 else OUTPUT)
    except TrunklineError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{len(paths)} modules written to {paths[0].parent}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
