"""Which operations may share the websocket.

Asterisk serves the requests of one websocket one after the other, so an operation may go there only if it never waits for
audio, for another channel or for the network. Everything else, and everything while no socket is connected, goes over HTTP.

Each line was timed against Asterisk 22.10 on a channel in the middle of a prompt, and answered within 3 ms. Not here, because
they answered only when the prompt was over: channels.answer, channels.setChannelVar(s), bridges.addChannel and
bridges.removeChannel. Not here, because they ask others or make channels: originate, create, snoop, record, bridges.*.
"""

SOCKET_OPERATIONS = frozenset(
    {
        "applications.get",
        "asterisk.ping",
        "bridges.get",
        "channels.continueInDialplan",
        "channels.get",
        "channels.getChannelVar",
        "channels.getChannelVars",
        "channels.hangup",
        "channels.hold",
        "channels.play",
        "channels.playWithId",
        "channels.progress",
        "channels.ring",
        "channels.ringStop",
        "channels.sendDTMF",
        "channels.startMoh",
        "channels.startSilence",
        "channels.stopMoh",
        "channels.stopSilence",
        "channels.unhold",
        "playbacks.control",
        "playbacks.get",
        "playbacks.stop",
    }
)
