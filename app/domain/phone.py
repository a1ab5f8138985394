"""Telephone numbers: E.164 inside, as people write them at the edge."""

from functools import lru_cache

import phonenumbers

from app.errors import BadInput


@lru_cache(maxsize=10_000)
def to_e164(text: str, country: str) -> str | None:
    """E.164 of what was dialled or sent as a caller's number, or None when it is no telephone number.

    `country` (ISO 3166, two letters) is where a number without + is dialled from.
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def require_e164(text: str, country: str) -> str:
    """As `to_e164`, but what is no telephone number is an error."""
    number = to_e164(text, country)
    if number is None:
        raise BadInput(
            what=f"The telephone number {text!r}",
            why=f"it cannot be read as a number of {country}; write it as +15551234567",
        )
    return number


def display(number: str, country: str) -> str:
    """National form for numbers of `country`, international form for all others; anything else as it is."""
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.country_code_for_region(country) == parsed.country_code
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def is_e164(text: str) -> bool:
    """True of a telephone number that is written in E.164, with its + and without anything else."""
    return text.startswith("+") and to_e164(text, "ZZ") == text


@lru_cache(maxsize=10_000)
def is_dialable(number: str) -> bool:
    """False of a number (E.164) that has the length of one but that no country assigns, so that nobody can be called there."""
    return phonenumbers.is_valid_number(phonenumbers.parse(number))


SATELLITE = ("+870", "+878", "+881", "+882", "+883", "+979")
"""Satellite networks, global services and international premium rate: the numbers of no country."""


@lru_cache(maxsize=10_000)
def why_not_called(number: str, country: str, destinations: tuple[str, ...] = ()) -> str:
    """Why this E.164 number is not called, in words; empty when it is.

    Called are the numbers of `country`, and those that begin with one of `destinations` (E.164 prefixes such as +44). Premium rate
    and satellite numbers are called only when a prefix of their own is among these, such as +1900 or +8816: a whole country's is not.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return f"{number!r} is no telephone number in the form +15551234567"
    named = max((len(prefix) for prefix in destinations if number.startswith(prefix)), default=0)
    if number.startswith(SATELLITE):
        own = named >= len(SATELLITE[0])
        return "" if own else "satellite and global service numbers are not called unless they are allowed"
    if phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.PREMIUM_RATE:
        own = named > len(f"+{parsed.country_code}")
        return "" if own else "premium rate numbers are not called unless they are allowed"
    if named:
        return ""
    region = phonenumbers.region_code_for_number(parsed)
    home = phonenumbers.country_code_for_region(country) == parsed.country_code and region in (None, country)
    return "" if home else f"calls to {region or '+' + str(parsed.country_code)} are not allowed"
