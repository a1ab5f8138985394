"""Call progress tones of the countries, as Asterisk writes them: frequency+frequency/on_ms,0/off_ms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tones:
    """Tones of one zone. `cadence` is ring on, ring off, in milliseconds."""

    cadence: str
    dial: str
    ring: str
    busy: str
    congestion: str
    waiting: str


def _single(frequency_hz: int, ring: str, busy_ms: int, congestion_ms: int) -> Tones:
    on, off = ring.split(",")
    return Tones(
        cadence=ring,
        dial=f"{frequency_hz}",
        ring=f"{frequency_hz}/{on},0/{off}",
        busy=f"{frequency_hz}/{busy_ms},0/{busy_ms}",
        congestion=f"{frequency_hz}/{congestion_ms},0/{congestion_ms}",
        waiting=f"{frequency_hz}/200,0/200,{frequency_hz}/200,0/4400",
    )


ZONES: dict[str, Tones] = {
    "us": Tones(
        "2000,4000", "350+440", "440+480/2000,0/4000", "480+620/500,0/500", "480+620/250,0/250", "440/300,0/10000"
    ),
    "gb": Tones(
        "400,200,400,2000",
        "350+440",
        "400+450/400,0/200,400+450/400,0/2000",
        "400/375,0/375",
        "400/400,0/350",
        "400/100,0/4000",
    ),
    "de": _single(425, "1000,4000", 480, 240),
    "fr": _single(440, "1500,3500", 500, 250),
    "eu": _single(425, "1000,4000", 500, 250),
}

_LIKE = {"CA": "us", "US": "us", "GB": "gb", "IE": "gb", "DE": "de", "FR": "fr"}


def zone_of(country: str) -> str:
    """The tone zone of a country (two letters)."""
    return _LIKE.get(country, "eu")
