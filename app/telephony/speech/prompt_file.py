"""A prompt that is ready to be played."""

from dataclasses import dataclass
from pathlib import Path

from app.errors import BadInput

_HEADER_BYTES = 44
_BYTES_A_MILLISECOND = 16


@dataclass(frozen=True, slots=True)
class PromptFile:
    """An 8 kHz mono 16-bit WAV. `sound_uri` is what Asterisk plays: `sound:` and the absolute path without its extension."""

    path: Path
    sound_uri: str
    duration_ms: int


def prompt_file(path: Path, duration_ms: int) -> PromptFile:
    """The file as Asterisk names it."""
    return PromptFile(path=path, sound_uri=f"sound:{str(path).removesuffix('.wav')}", duration_ms=duration_ms)


def duration_of_size(size_bytes: int) -> int:
    """Milliseconds in a prompt file of that size, whose header is the plain 44 bytes that this package writes."""
    return max(size_bytes - _HEADER_BYTES, 0) // _BYTES_A_MILLISECOND


def size_of_duration(duration_ms: int) -> int:
    """Bytes that a prompt file of that length takes on disk."""
    return _HEADER_BYTES + duration_ms * _BYTES_A_MILLISECOND


def playable_folder(folder: Path) -> Path:
    """The folder, made if need be, as an absolute path. BadInput where its name has a character that ends a file name in Asterisk."""
    whole = folder.absolute()
    if found := sorted(set(str(whole)) & set(",&|\n")):
        raise BadInput(
            what=f"folder {whole}",
            why=f"Asterisk cannot play files from a path with {' '.join(found)} in it; move the data folder",
        )
    try:
        whole.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(what=f"folder {whole}", why=f"it cannot be made ({error.strerror}); make it writable") from error
    return whole
