"""Names of functions and bots, and where they live."""

import pytest

from app.domain.place import BOT, FUNCTION, Place, function_names, lambda_of, lex_bot
from app.errors import BadInput

pytestmark = pytest.mark.unit

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:lookup"
BOT_ARN = "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID"


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (ARN, (ARN, "lookup")),
        (f"{ARN}:live", (f"{ARN}:live", ARN, "lookup")),
        (f" {ARN}:$LATEST ", (f"{ARN}:$LATEST", ARN, "lookup")),
        ("lookup", ("lookup",)),
        ("lookup:7", ("lookup:7", "lookup")),
        (
            "123456789012:function:lookup:7",
            ("123456789012:function:lookup:7", "123456789012:function:lookup", "lookup"),
        ),
        ("<<lookupArn>>", ("<<lookupArn>>",)),
        ("", ()),
        ("arn:aws:lambda:eu-west-1:123456789012:function", ("arn:aws:lambda:eu-west-1:123456789012:function", "arn")),
    ],
)
def test_a_function_is_looked_for_by_arn_then_by_name(written: str, names: tuple[str, ...]) -> None:
    assert function_names(written) == names


def test_what_aws_needs_to_know() -> None:
    assert lambda_of(f"{ARN}:live") == ("eu-west-1", "lookup", "live")
    assert lambda_of(ARN) == ("eu-west-1", "lookup", "")
    assert lambda_of("lookup:7") == ("", "lookup", "7")
    assert lex_bot(BOT_ARN) == ("us-east-1", "ABCDEFGHIJ", "TSTALIASID")
    with pytest.raises(BadInput, match="Lex V2"):
        lex_bot("ConnectBot")


@pytest.mark.parametrize(
    ("kind", "where", "target"),
    [
        (FUNCTION, "ftp", "x"),
        (FUNCTION, "python", "../x"),
        (FUNCTION, "python", "x.py"),
        (FUNCTION, "https", "example.org/x"),
        (BOT, "file", "a/b"),
        (BOT, "lex", "ConnectBot"),
    ],
)
def test_a_place_that_cannot_be(kind: str, where: str, target: str) -> None:
    with pytest.raises(BadInput):
        Place(kind, "name", where, target)


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in repr(Place(FUNCTION, "lookup", "https", "https://example.org", "hush"))
