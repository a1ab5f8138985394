"""The smallest configuration with which an Asterisk serves the application: text templates, filled in by the rig."""

MODULES = """
res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb
res_pjproject res_pjsip res_pjsip_session res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest
res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_anonymous
res_pjsip_registrar res_pjsip_outbound_registration res_pjsip_pubsub res_pjsip_caller_id res_pjsip_dtmf_info
res_pjsip_sdp_rtp res_pjsip_refer res_pjsip_rfc3326 res_pjsip_nat res_pjsip_acl res_pjsip_logger
res_pjsip_header_funcs res_pjsip_notify res_rtp_asterisk chan_pjsip
bridge_simple bridge_softmix bridge_holding bridge_native_rtp bridge_builtin_features
codec_ulaw codec_alaw codec_resample codec_a_mu codec_g722 format_wav format_pcm format_sln
pbx_config app_stasis app_mixmonitor func_channel func_callerid func_hangupcause res_musiconhold
chan_bridge_media res_http_websocket res_websocket_client
res_stasis res_stasis_answer res_stasis_playback res_stasis_recording res_stasis_snoop res_stasis_device_state
res_ari res_ari_model res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels res_ari_device_states
res_ari_endpoints res_ari_events res_ari_playbacks res_ari_recordings res_ari_sounds
"""

TEMPLATES = {
    "asterisk.conf": """
[directories]
astcachedir => {home}/cache
astetcdir => {home}/etc
astmoddir => {modules_directory}
astvarlibdir => {home}/lib
astdbdir => {home}/lib
astkeydir => {home}/lib
astdatadir => {data_directory}
astspooldir => {home}/spool
astrundir => {home}/run
astlogdir => {home}/log
[options]
nocolor = yes
systemname = {node}
live_dangerously = no
documentation_language = en_US
""",
    "modules.conf": """
[modules]
autoload = no
{module_lines}
""",
    "logger.conf": """
[general]
dateformat = %F %T.%3q
[logfiles]
messages => notice,warning,error
""",
    "http.conf": """
[general]
enabled = yes
bindaddr = 127.0.0.1
bindport = {http_port}
sessionlimit = 1000
session_keep_alive = 15000
""",
    "ari.conf": """
[general]
enabled = yes
websocket_write_timeout = 5000
[{ari_user}]
type = user
password = {ari_password}
[trunkline-out]
type = outbound_websocket
websocket_client_id = trunkline
apps = {application}
local_ari_user = {ari_user}
""",
    "websocket_client.conf": """
[trunkline]
type = websocket_client
uri = ws://127.0.0.1:{listener_port}/ari/{node}
protocols = ari
username = {listener_user}
password = {listener_password}
connection_type = persistent
connection_timeout = 500
reconnect_interval = 200
""",
    "manager.conf": """
[general]
enabled = yes
bindaddr = 127.0.0.1
port = {ami_port}
[{ami_user}]
secret = {ami_password}
read = system,call,reporting,security,command
write = system,call,reporting,security,command
""",
    "pjsip.conf": """
[global]
type = global
endpoint_identifier_order = username,ip,anonymous
[transport-udp]
type = transport
protocol = udp
bind = 127.0.0.1:{sip_port}
""",
    "extensions.conf": """
[default]
exten => _X!,1,Stasis({application})
 same => n,Hangup()
exten => _s!,1,Hangup()
[parked]
exten => _X!,1,Answer()
 same => n,Wait(60)
 same => n,Hangup()
""",
    "rtp.conf": """
[general]
rtpstart = {rtp_start}
rtpend = {rtp_end}
""",
    "musiconhold.conf": """
[default]
mode = files
directory = {moh_directory}
""",
    "acl.conf": "; no lists\n",
    "ccss.conf": "[general]\n",
    "udptl.conf": "[general]\n",
    "pjproject.conf": "[startup]\nlog_level = 2\n",
    "pjsip_notify.conf": "[check-sync]\nEvent => check-sync\n",
    "cdr.conf": "[general]\nenable = no\n",
    "cel.conf": "[general]\nenable = no\n",
    "features.conf": "[general]\n",
    "stasis.conf": "[threadpool]\n",
    "indications.conf": "[general]\ncountry = us\n[us]\ndescription = United States\nringcadence = 2000,4000\n"
    "dial = 350+440\nbusy = 480+620/500,0/500\nring = 440+480/2000,0/4000\ncongestion = 480+620/250,0/250\n",
}
