"""MixMonitor: each direction into its own file, without a mixed one, and silence while it is muted."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from app.telephony.ami import AmiClient
from app.telephony.ari import AriClient, AriNode, AriRequestFailed
from app.telephony.ari.generated.channel_object import Channel
from tests.rig.asterisk import AsteriskRig
from tests.rig.tones import RATE, level, read_wave, write_tone

pytestmark = pytest.mark.contract


async def test_two_files_of_one_length_each_with_its_own_side(
    client: AmiClient, rig: AsteriskRig, tmp_path: Path
) -> None:
    said, heard = write_tone(tmp_path / "said.wav", 440, 10), write_tone(tmp_path / "heard.wav", 1_000, 10)
    received, sent = tmp_path / "received.wav", tmp_path / "sent.wav"
    async with AriClient(AriNode(rig.node, rig.base_url, rig.ari_user, rig.ari_password), rig.application) as ari:
        near, far = await two_halves(ari)
        await client.mix_monitor(near.id, options=f"r({received})t({sent})")
        await far.play(media=said)
        await near.play(media=heard)
        await asyncio.sleep(1.0)
        await client.mix_monitor_mute(near.id, "read", True)
        await asyncio.sleep(1.0)
        await client.mix_monitor_mute(near.id, "read", False)
        await asyncio.sleep(1.0)
        await client.stop_mix_monitor(near.id)
        await asyncio.sleep(0.2)
        await near.hangup()
    inbound, outbound = read_wave(received), read_wave(sent)
    assert len(inbound) == len(outbound)
    assert abs(len(inbound) / RATE - 3.0) < 0.3
    for start_s, heard_near in ((0.3, True), (1.3, False), (2.3, True)):
        span = slice(int(start_s * RATE), int((start_s + 0.5) * RATE))
        assert (level(inbound[span], 440) > 7_000) == heard_near
        assert level(inbound[span], 1_000) < 100
        assert level(outbound[span], 1_000) > 7_000
        assert level(outbound[span], 440) < 100


async def two_halves(ari: AriClient) -> tuple[Channel, Channel]:
    """Both ends of one line, in Stasis: what is played to one is what the other says."""
    near = await ari.channels.originate(
        endpoint="Local/77@default/n",
        app=ari.application,
        formats="ulaw",
        channelId="node1-near",
        otherChannelId="node1-far",
    )
    far = await ari.channels.get("node1-far")
    async with asyncio.timeout(5):
        while True:
            with suppress(AriRequestFailed):
                await far.answer()
            near = await near.get()
            if near.json["state"] == "Up":
                return near, far
            await asyncio.sleep(0.02)
