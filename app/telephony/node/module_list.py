"""The Asterisk modules that the contact centre loads, in an order that Asterisk can load them in; nothing else is loaded."""

_CORE = """
res_timing_timerfd res_crypto res_sorcery_config res_sorcery_memory res_sorcery_memory_cache res_sorcery_astdb
res_http_websocket res_websocket_client res_musiconhold res_security_log
"""

_AUDIO = """
codec_ulaw codec_alaw codec_a_mu codec_g722 codec_gsm codec_resample codec_opus_open_source
format_wav format_pcm format_sln format_gsm res_format_attr_opus
"""

_SIP = """
res_pjproject res_pjsip res_pjsip_session res_srtp res_rtp_asterisk res_pjsip_sdp_rtp
res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_anonymous
res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest
res_pjsip_registrar res_pjsip_outbound_registration res_pjsip_transport_websocket
res_pjsip_pubsub res_pjsip_refer res_pjsip_notify
res_pjsip_nat res_pjsip_caller_id res_pjsip_diversion res_pjsip_header_funcs
res_pjsip_dtmf_info res_pjsip_rfc3326 res_pjsip_path res_pjsip_logger res_pjsip_dlg_options chan_pjsip
"""

_CALLS = """
bridge_simple bridge_softmix bridge_holding bridge_native_rtp bridge_builtin_features
func_callerid func_channel func_strings func_logic func_hangupcause
app_dial app_echo app_playback app_playtones app_mixmonitor
"""

_ARI = """
res_stasis res_stasis_answer res_stasis_playback res_stasis_recording res_stasis_snoop res_stasis_device_state
res_ari res_ari_model res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels res_ari_device_states
res_ari_endpoints res_ari_events res_ari_playbacks res_ari_recordings res_ari_sounds
chan_bridge_media app_stasis pbx_config
"""
"""The dialplan comes last: no call is taken before everything that serves it is there."""

MODULES: tuple[str, ...] = tuple((_CORE + _AUDIO + _SIP + _CALLS + _ARI).split())
