"""The rendered configuration: complete, safe against hostile values, written whole, reloaded where it changed."""

import json
import re
import stat
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.lines import NetworkSettings, Trunk
from app.errors import BadInput, Unavailable
from app.telephony.node.configuration import TEMPLATES, reloads_for, render, restart_needed, write_if_changed
from app.telephony.node.hardening import DANGEROUS_MODULES, dangerous_findings
from app.telephony.node.layout import Layout
from app.telephony.node.module_list import MODULES
from app.telephony.node.provisioning import provision
from app.telephony.node.secrets import NodeSecrets, load_or_create

pytestmark = pytest.mark.unit

SECRETS = NodeSecrets("a-password-of-the-interface", "another-password-of-ami")
VAR = Path("/srv/trunkline/var")


@dataclass(frozen=True)
class PlainEngine:
    asterisk: Path = Path("/opt/engine/bin/asterisk")
    modules: Path = Path("/opt/engine/modules")
    data: Path = Path("/opt/engine/data")
    moh: Path = Path("/opt/engine/data/moh")


def rendered(*trunks: Trunk, settings: NetworkSettings | None = None) -> dict[str, str]:
    return render(settings or NetworkSettings(), trunks, PlainEngine(), VAR, "node1", SECRETS)


def section(text: str, name: str, kind: str) -> dict[str, str]:
    """The settings of one object as Asterisk reads them: comments off, escaped semicolons back."""
    for block in re.split(r"(?m)^(?=\[)", text):
        lines = [re.split(r"(?<!\\);", line, maxsplit=1)[0].strip() for line in block.splitlines()]
        settings = dict(re.split(r"\s*=\s*", line, maxsplit=1) for line in lines if "=" in line)
        if lines and lines[0] == f"[{name}]" and settings.get("type") == kind:
            return {key: value.replace("\\;", ";") for key, value in settings.items()}
    raise AssertionError(f"no {kind} {name} in:\n{text}")


def test_every_template_is_rendered_without_a_hole() -> None:
    files = rendered()
    assert set(files) == {path.name.removesuffix(".j2") for path in TEMPLATES.glob("*.conf.j2")}
    for name, text in files.items():
        assert "{{" not in text, name
        assert "{%" not in text, name
        assert text.endswith("\n"), name


def test_the_node_begins_channel_ids_and_everything_written_lies_below_var() -> None:
    text = rendered()["asterisk.conf"]
    assert "systemname = node1" in text
    for key in ("astdbdir", "astspooldir", "astrundir", "astlogdir", "astvarlibdir", "astkeydir", "astcachedir"):
        assert re.search(rf"(?m)^{key} = /srv/trunkline/var/", text), key


def test_an_ip_trunk_is_recognised_by_its_addresses() -> None:
    trunk = Trunk("carrier", "203.0.113.5", match=("203.0.113.0/24",), port=5080)
    text = rendered(trunk)["pjsip_trunks.conf"]
    assert section(text, "trunk-carrier", "identify")["match"] == "203.0.113.5,203.0.113.0/24"
    assert section(text, "trunk-carrier", "aor")["contact"] == "sip:203.0.113.5:5080"
    endpoint = section(text, "trunk-carrier", "endpoint")
    assert endpoint["set_var"] == "TRUNKLINE_TRUNK=carrier"
    assert endpoint["context"] == "from-trunk"
    assert "registration" not in text


def test_a_registering_trunk_logs_in_again_for_ever() -> None:
    trunk = Trunk("itsp", "sip.example.com", mode="register", username="me@example.com", secret="a;b", transport="tcp")
    text = rendered(trunk)["pjsip_trunks.conf"]
    registration = section(text, "trunk-itsp", "registration")
    assert registration["server_uri"] == "sip:sip.example.com:5060;transport=tcp"
    assert registration["client_uri"] == "sip:me@example.com"
    assert section(text, "trunk-itsp", "endpoint")["from_user"] == "me"
    assert section(text, "trunk-itsp", "auth")["username"] == "me@example.com"
    assert registration["auth_rejection_permanent"] == "no"
    assert int(registration["forbidden_retry_interval"]) > 0
    assert section(text, "trunk-itsp", "auth")["password"] == "a;b"


def test_a_secure_trunk_needs_the_tls_port() -> None:
    trunk = Trunk("secure", "sip.example.com", transport="tls", srtp="sdes")
    with pytest.raises(BadInput, match="trunk secure"):
        rendered(trunk)
    settings = NetworkSettings(sip_tls_port=5061, tls_certificate="/etc/c.pem", tls_private_key="/etc/k.pem")
    files = rendered(trunk, settings=settings)
    endpoint = section(files["pjsip_trunks.conf"], "trunk-secure", "endpoint")
    assert (endpoint["transport"], endpoint["media_encryption"]) == ("transport-tls-verified", "sdes")
    assert section(files["pjsip.conf"], "transport-tls-verified", "transport")["verify_server"] == "yes"


def test_trunks_that_are_off_are_left_out_and_two_of_a_name_are_refused() -> None:
    assert "trunk-off" not in rendered(Trunk("off", "203.0.113.5", enabled=False))["pjsip_trunks.conf"]
    with pytest.raises(BadInput, match="two trunks"):
        rendered(Trunk("a", "203.0.113.5"), Trunk("a", "203.0.113.6"))


def test_an_ipv6_trunk_needs_a_listener_of_its_kind() -> None:
    with pytest.raises(BadInput, match="bind to ::"):
        rendered(Trunk("six", "2001:db8::5"))
    text = rendered(Trunk("six", "2001:db8::5"), settings=NetworkSettings(bind_address="::"))["pjsip_trunks.conf"]
    assert section(text, "trunk-six", "aor")["contact"] == "sip:[2001:db8::5]:5060"


def test_behind_nat_the_public_address_is_told_to_strangers_only() -> None:
    settings = NetworkSettings(external_address="198.51.100.7", local_networks=("192.168.0.0/16",))
    transport = section(rendered(settings=settings)["pjsip.conf"], "transport-udp", "transport")
    assert transport["external_media_address"] == transport["external_signaling_address"] == "198.51.100.7"
    assert transport["local_net"] == "192.168.0.0/16"
    assert "external_media_address" not in rendered()["pjsip.conf"]


def test_browsers_outside_are_offered_an_address_that_they_can_reach() -> None:
    """The public address in place of this machine's own when it is known, else what a STUN server says."""

    def rtp(own_address: str = "192.168.0.9", **fields: str) -> str:
        settings = NetworkSettings(**fields)  # type: ignore[arg-type]
        return render(settings, (), PlainEngine(), VAR, "node1", SECRETS, own_address)["rtp.conf"]

    assert "192.168.0.9 = 198.51.100.7,include_local_address" in rtp(external_address="198.51.100.7")
    assert "stunaddr = stun.example.net:3478" in rtp(stun_server="stun.example.net:3478")
    for plain in (rtp(), rtp(external_address="198.51.100.7", stun_server="stun.example.net:3478")):
        assert "stunaddr" not in plain
    with pytest.raises(BadInput, match="STUN server"):
        NetworkSettings(stun_server="stun.example.net")


def test_the_overflow_number_is_dialled_over_the_trunks_in_order() -> None:
    trunks = (Trunk("second", "203.0.113.6", order=2), Trunk("first", "203.0.113.5", order=1))
    text = rendered(*trunks, settings=NetworkSettings(overflow_number="+15550009999"))["extensions.conf"]
    assert re.findall(r"Dial\(PJSIP/([^,]+)", text) == ["+15550009999@trunk-first", "+15550009999@trunk-second"]
    assert "Dial(" not in rendered(*trunks)["extensions.conf"]


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60))
def test_any_secret_comes_back_unchanged_or_is_refused(secret: str) -> None:
    try:
        trunk = Trunk("itsp", "sip.example.com", mode="register", username="me", secret=secret)
    except BadInput:
        assert secret != secret.strip()
        return
    text = rendered(trunk)["pjsip_trunks.conf"]
    line = next(line for line in text.splitlines() if line.startswith("password = "))
    assert unescaped(line.removeprefix("password = ")) == secret


def unescaped(value: str) -> str:
    """What Asterisk's reader makes of a value: it ends at a `;` without a backslash, and loses the backslash of one with."""
    out = ""
    for character in value:
        if character == ";":
            if not out.endswith("\\"):
                return out.strip()
            out = out[:-1]
        out += character
    return out.strip()


@pytest.mark.parametrize("text", ["x\n[evil]", "x\r", "x\x00", "x\u2028y", "x\x85"])
def test_nothing_that_ends_a_line_reaches_a_file_even_from_elsewhere(text: str) -> None:
    with pytest.raises(BadInput, match="cannot be printed"):
        render(NetworkSettings(), (), PlainEngine(moh=Path(text)), VAR, "node1", SECRETS)


def test_a_hostile_node_name_is_refused() -> None:
    with pytest.raises(BadInput, match="node's name"):
        render(NetworkSettings(), (), PlainEngine(), VAR, "node;1", SECRETS)


def test_writing_touches_only_what_differs_and_hides_it_from_others(tmp_path: Path) -> None:
    assert write_if_changed({"a.conf": "1\n", "b.conf": "2\n"}, tmp_path) == {"a.conf", "b.conf"}
    before = (tmp_path / "a.conf").stat()
    assert write_if_changed({"a.conf": "1\n", "b.conf": "3\n"}, tmp_path) == {"b.conf"}
    after = (tmp_path / "a.conf").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert stat.S_IMODE(after.st_mode) == 0o600
    assert write_if_changed({"a.conf": "1\n"}, tmp_path) == {"b.conf"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.conf"]


def test_a_changed_trunk_reloads_sip_and_nothing_else() -> None:
    modules = reloads_for({"pjsip_trunks.conf"})
    assert modules[0] == "res_pjsip"
    assert all(module.startswith("res_pjsip") for module in modules)
    assert restart_needed({"pjsip_trunks.conf"}) == []
    assert reloads_for({"asterisk.conf"}) == []
    assert restart_needed({"asterisk.conf", "modules.conf"}) == ["asterisk.conf", "modules.conf"]
    assert len(set(reloads_for(set(rendered())))) == len(reloads_for(set(rendered())))


def test_nothing_dangerous_is_loaded_or_rendered(tmp_path: Path) -> None:
    assert not set(MODULES) & DANGEROUS_MODULES
    settings = NetworkSettings(overflow_number="+15550009999")
    write_if_changed(rendered(Trunk("a", "203.0.113.5"), settings=settings), tmp_path)
    assert dangerous_findings(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("asterisk.conf", "live_dangerously = no", "live_dangerously = yes", "live_dangerously"),
        ("modules.conf", "autoload = no", "autoload = yes", "autoload"),
        ("modules.conf", "load = app_echo.so", "load = app_system.so", "app_system"),
        ("modules.conf", "load = app_echo.so", "load => res_agi.so", "res_agi"),
        ("http.conf", "bindaddr = 127.0.0.1", "bindaddr = 0.0.0.0", "0.0.0.0"),
        ("manager.conf", "bindaddr = 127.0.0.1", "", "manager interface"),
        ("manager.conf", "write = system,reporting", "write = system,command", "command"),
        ("ari.conf", "a-password-of-the-interface", "secret", "can be guessed"),
        ("manager.conf", "another-password-of-ami", "short", "can be guessed"),
        ("extensions.conf", "Echo()", "System(id)", "System()"),
        ("extensions.conf", "Echo()", "Set(x=${SHELL(id)})", "SHELL()"),
    ],
)
def test_each_danger_is_found(tmp_path: Path, name: str, old: str, new: str, words: str) -> None:
    files = rendered()
    assert old in files[name]
    write_if_changed({**files, name: files[name].replace(old, new)}, tmp_path)
    findings = dangerous_findings(tmp_path)
    assert len(findings) == 1
    assert words in findings[0]


def test_files_open_to_other_users_are_found(tmp_path: Path) -> None:
    write_if_changed(rendered(), tmp_path)
    (tmp_path / "ari.conf").chmod(0o644)
    assert ["0600" in finding for finding in dangerous_findings(tmp_path)] == [True]


def test_secrets_are_made_once_and_kept_from_others(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"session_key": "kept"}')
    first = load_or_create(tmp_path)
    assert load_or_create(tmp_path) == first
    assert first.ari_password != first.ami_password
    assert len(first.ari_password) >= 32
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert json.loads((tmp_path / "secrets.json").read_text())["session_key"] == "kept"
    assert first.ari_password not in repr(first)


def test_a_broken_secrets_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(Unavailable, match=r"secrets\.json"):
        load_or_create(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == "{"


def test_provisioning_twice_changes_nothing(tmp_path: Path) -> None:
    arguments = (NetworkSettings(), (Trunk("a", "203.0.113.5"),), PlainEngine(), tmp_path, "node1")
    assert provision(*arguments).changed
    again = provision(*arguments)
    assert (again.changed, again.reloads, again.restart) == (frozenset(), (), ())
    other = provision(NetworkSettings(), (), PlainEngine(), tmp_path, "node1")
    assert other.changed == {"pjsip_trunks.conf"}
    assert other.restart == ()


def test_a_path_too_long_for_a_control_socket_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="too long"):
        Layout(tmp_path / ("x" * 100)).create()


def test_keys_that_callers_press_are_in_no_log_of_asterisk() -> None:
    lines = [line.partition("=>") for line in rendered()["logger.conf"].splitlines() if "=>" in line]
    levels = {level.strip() for _, _, written in lines for level in written.split(",")}
    assert lines
    assert levels <= {"notice", "warning", "error"}
    assert "debug" not in rendered()["asterisk.conf"]
