"""SSML's phoneme: how a word is pronounced, in the International Phonetic Alphabet whatever alphabet it was written in."""

X_SAMPA = {
    "tS": "tʃ", "dZ": "dʒ", "r\\": "ɹ", "@`": "ɚ", "3`": "ɝ", "A": "ɑ", "Q": "ɒ", "O": "ɔ", "V": "ʌ", "3": "ɜ", "@": "ə", "{": "æ",
    "I": "ɪ", "U": "ʊ", "E": "ɛ", "N": "ŋ", "T": "θ", "D": "ð", "S": "ʃ", "Z": "ʒ", "C": "ç", "?": "ʔ", "2": "ø", "9": "œ", "6": "ɐ",
    ":": "ː", '"': "ˈ", "%": "ˌ", "g": "ɡ",
}  # fmt: skip
"""What X-SAMPA writes otherwise than IPA."""

ESPEAK = {
    "tʃ": "tS", "dʒ": "dZ", "t͡ʃ": "tS", "d͡ʒ": "dZ", "θ": "T", "ð": "D", "ʃ": "S", "ʒ": "Z", "ŋ": "N", "ɹ": "r", "ɾ": "r", "ʔ": "?",
    "ç": "C", "ɡ": "g", "iː": "i:", "ɪ": "I", "ɛ": "E", "æ": "a", "ɑː": "A:", "ɑ": "A:", "ɒ": "0", "ɔː": "O:", "ɔ": "O:", "ʊ": "U",
    "uː": "u:", "u": "u:", "ʌ": "V", "ɜː": "3:", "ɜ": "3:", "ɝ": "3:", "ɚ": "3", "ə": "@", "eɪ": "eI", "aɪ": "aI", "ɔɪ": "OI",
    "aʊ": "aU", "oʊ": "oU", "əʊ": "oU", "ɪə": "i@", "eə": "e@", "ʊə": "U@", "ɐ": "a#", "ø": "Y", "œ": "W", "ˈ": "'", "ˌ": ",",
    "ː": ":", ".": "", "'": "'",
} | {letter: letter for letter in "abdefghijklmnoprstvwxyz"}  # fmt: skip
"""IPA -> the mnemonics of espeak-ng, which every one of its languages shares."""

LONGEST = 100


def to_ipa(alphabet: str, written: str) -> str:
    """The pronunciation in IPA. `alphabet` is `ipa` or `x-sampa`; empty when it is neither, or there is nothing written."""
    if len(written) > LONGEST or alphabet.casefold() not in ("ipa", "x-sampa"):
        return ""
    return written.strip() if alphabet.casefold() == "ipa" else _translated(written.strip(), X_SAMPA, keep=True)


def to_espeak(ipa: str) -> str:
    """The pronunciation as espeak-ng writes it; empty when it has a sound that espeak-ng has no name for."""
    return " ".join(words) if all(words := [_translated(word, ESPEAK, keep=False) for word in ipa.split()]) else ""


def _translated(written: str, table: dict[str, str], *, keep: bool) -> str:
    """Symbol by symbol, the longest first. `keep`: a symbol that is not in the table stands for itself; else the whole fails."""
    result, at = [], 0
    while at < len(written):
        symbol = next((written[at : at + size] for size in (3, 2, 1) if written[at : at + size] in table), None)
        if symbol is None and not keep:
            return ""
        result.append(table[symbol] if symbol else written[at])
        at += len(symbol or " ")
    return "".join(result)
