// The agent's phone in the browser: SIP over this site's own socket, audio by WebRTC. It knows nothing of any page: whoever shows it
// listens for "change" and reads `line`, `words` and `call`, none of which is ever changed in place.

import JsSIP from "./vendor/jssip.js";
import { MicrophoneRefused, openMicrophone, release } from "./microphone.js";

const REGISTRATION_S = 120;
const RETRY_MS = 2000;
const CANDIDATES_MS = 400; // nobody waits longer for the addresses of slow interfaces; answering after the first ready is harmless
const RELAY_MS = 1500; // nor than this for a relay's, which takes some messages back and forth
const SOUND_MS = 8000; // a call whose sound has not found its way by then will not have any
const BUSY = { status_code: 486, reason_phrase: "Busy Here" };
const NO_MICROPHONE = { status_code: 480, reason_phrase: "No Microphone" };
const LEAVES = {
  4401: ["signed-out", "You are signed out. Sign in again to use the phone."],
  4409: ["elsewhere", "Your phone is used on another page."],
};
const ENDED = {
  Canceled: "The call was given to nobody here: the caller hung up, or it rang for too long.",
  "No Answer": "The call was not answered.",
  "RTP Timeout": "The call ended: no more sound came through.",
  "WebRTC Error": "The call ended: the browser could not set up the sound.",
  "Connection Error": "The call ended: the connection to the server broke.",
};

const NO_SOUND = "No sound comes through between this browser and the server: the call was ended, and no other is offered to you here. "
  + "A firewall lets none pass: use another network, or ask an administrator for a relay (a TURN server).";

export class SignedOut extends Error {}

export class Softphone extends EventTarget {
  line = "off"; // off, starting, ready, lost, no-microphone, no-sound, elsewhere, signed-out
  words = "";
  call = null; // {id, contact, caller, queue, state: ringing | connecting | talking, sinceMs, muted, held}

  #access; #audio; #url; #ua = null; #session = null; #microphone = null; #passwordIsNew = false; #retry = null;
  #iceServers = []; #renewal = null; #heard = false;
  #devices = () => this.#lookForMicrophone();

  // `access` gives {phone, password, ice_servers, ice_servers_last_s} and throws SignedOut or an Error with words; `audio` is the element that plays the other side.
  constructor({ access, audio, url }) {
    super();
    [this.#access, this.#audio, this.#url] = [access, audio, url];
  }

  // Registers as soon as there is a microphone and a server, and stays registered until `stop`.
  async start() {
    if (this.#ua || this.line === "starting") return;
    this.#become("starting", "The phone is being connected.");
    try {
      navigator.mediaDevices?.addEventListener("devicechange", this.#devices);
      release(await openMicrophone());
      await this.#connect();
    } catch (error) {
      this.#notStarted(error);
    }
  }

  // Hangs up, and is no phone any more until `start`.
  stop(line = "off", words = "") {
    clearTimeout(this.#retry);
    clearTimeout(this.#renewal);
    if (line !== "no-microphone") navigator.mediaDevices?.removeEventListener("devicechange", this.#devices);
    const ua = this.#ua;
    this.#ua = null;
    ua?.stop();
    this.#become(line, words);
  }

  async answer() {
    const session = this.#session;
    if (this.call?.state !== "ringing") return;
    this.#alter({ state: "connecting" });
    try {
      this.#microphone = await openMicrophone();
    } catch (error) {
      if (session === this.#session) session.terminate(NO_MICROPHONE);
      return this.#become("no-microphone", error.message);
    }
    if (session !== this.#session) return this.#letGoOfMicrophone();
    session.answer({ mediaStream: this.#microphone, pcConfig: { iceServers: this.#iceServers } });
  }

  // Declines a call that rings, ends one that is answered.
  hangUp() {
    if (this.#session && !this.#session.isEnded()) this.#session.terminate(this.call.state === "ringing" ? BUSY : {});
  }

  setMuted(muted) {
    if (this.call?.state !== "talking") return;
    if (muted) this.#session.mute({ audio: true });
    else this.#session.unmute({ audio: true });
    this.#alter({ muted });
  }

  setHeld(held) {
    if (this.call?.state === "talking") this.#session[held ? "hold" : "unhold"]();
  }

  sendDigits(digits) {
    if (this.call?.state === "talking") this.#session.sendDTMF(digits, { transportType: "RFC2833", duration: 120 });
  }

  // -- the line ---------------------------------------------------------------------------------------------------------------

  async #connect() {
    const { phone, password } = await this.#askForAccess();
    if (this.line !== "starting") return;
    this.#passwordIsNew = true;
    const ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(this.#url)],
      uri: `sip:${phone}@trunkline.invalid`,
      password,
      register: false,
      register_expires: REGISTRATION_S,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 4,
      user_agent: "Trunkline softphone",
    });
    this.#ua = ua;
    const mine = (act) => (event) => { if (this.#ua === ua) act(event); };
    ua.on("connected", mine(() => this.#register()));
    ua.on("registered", mine(() => this.#registered()));
    ua.on("registrationFailed", mine(() => { this.#passwordIsNew = false; this.#later(() => this.#register()); }));
    ua.on("disconnected", mine((event) => this.#disconnected(event)));
    ua.on("newRTCSession", (event) => this.#arrived(event));
    ua.start();
  }

  // The relays' log-in ends: a page that stays open asks for the next one in time.
  async #askForAccess() {
    const access = await this.#access();
    this.#iceServers = access.ice_servers.map((server) => (server.username ? server : { urls: server.urls }));
    clearTimeout(this.#renewal);
    if (access.ice_servers_last_s) this.#renewal = setTimeout(() => this.#renew(), access.ice_servers_last_s * 500);
    return access;
  }

  #renew() {
    this.#passwordIsNew = false;
    if (this.line === "ready") this.#register();
  }

  // Each connection has a password of its own, so that one that leaked is soon worth nothing.
  async #register() {
    const ua = this.#ua;
    try {
      if (!this.#passwordIsNew) ua.set("password", (await this.#askForAccess()).password);
      this.#passwordIsNew = false;
      if (ua === this.#ua && ua.isConnected()) ua.register();
    } catch (error) {
      if (error instanceof SignedOut) return this.stop(...LEAVES[4401]);
      this.#become("lost", error.message);
      if (ua === this.#ua) this.#later(() => this.#register());
    }
  }

  #registered() {
    const [wasLost, session] = [this.line === "lost", this.#session];
    this.#become("ready");
    // Asterisk knows the call's old connection only: an offer over the new one shows it the way, and mends the sound's.
    if (wasLost && session?.isEstablished()) session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
  }

  #disconnected({ code }) {
    if (LEAVES[code]) return this.stop(...LEAVES[code]);
    this.#become("lost", "The connection to the server is interrupted. The phone connects again by itself.");
  }

  #notStarted(error) {
    if (error instanceof MicrophoneRefused) return this.stop("no-microphone", error.message);
    if (error instanceof SignedOut) return this.stop(...LEAVES[4401]);
    this.#become("lost", error.message);
    this.#later(() => { this.line = "off"; this.start(); });
  }

  async #lookForMicrophone() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const found = devices.some((device) => device.kind === "audioinput");
    if (found && this.line === "no-microphone") this.start();
    else if (!found && !this.call) this.stop("no-microphone", "The microphone was unplugged. The phone goes on when there is one again.");
  }

  #later(act) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(act, RETRY_MS);
  }

  // -- the call ---------------------------------------------------------------------------------------------------------------

  #arrived({ originator, session, request }) {
    if (originator !== "remote") return;
    if (this.#session) return session.terminate(BUSY);
    this.#session = session;
    this.#heard = false;
    const caller = session.remote_identity;
    this.#show({
      id: session.id, contact: request.getHeader("X-Trunkline-Contact") ?? "", caller: caller.uri.user,
      queue: caller.display_name ?? "", state: "ringing", sinceMs: Date.now(), muted: false, held: false,
    });
    session.on("peerconnection", ({ peerconnection }) => {
      peerconnection.ontrack = (event) => this.#play(event);
      peerconnection.addEventListener("connectionstatechange", () => { this.#heard ||= peerconnection.connectionState === "connected"; });
    });
    const relays = this.#iceServers.some((server) => server.username);
    session.on("icecandidate", ({ candidate, ready }) => (candidate.type === "relay" ? ready() : setTimeout(ready, relays ? RELAY_MS : CANDIDATES_MS)));
    session.on("confirmed", () => {
      this.#alter({ state: "talking", sinceMs: Date.now() });
      setTimeout(() => this.#withoutSound(session), SOUND_MS);
    });
    session.on("hold", ({ originator: by }) => by === "local" && this.#alter({ held: true }));
    session.on("unhold", ({ originator: by }) => by === "local" && this.#alter({ held: false }));
    session.on("ended", (event) => this.#over(session, event));
    session.on("failed", (event) => this.#over(session, event));
    if (/answer-after\s*=\s*0/.test(request.getHeader("Call-Info") ?? "")) this.answer();
  }

  #play({ track, streams }) {
    this.#audio.srcObject = streams[0] ?? new MediaStream([track]);
    this.#audio.play().catch(() => this.#become(this.line, "The browser plays no sound before you press something on this page."));
  }

  #over(session, { originator, cause }) {
    if (session !== this.#session) return;
    this.#session = null;
    this.#audio.srcObject = null;
    this.#letGoOfMicrophone();
    if ((originator !== "local" || cause === "RTP Timeout") && ENDED[cause]) this.words = ENDED[cause];
    this.#show(null);
  }

  // Who would answer the next customers in silence is no phone until they start it again.
  #withoutSound(session) {
    if (session === this.#session && !this.#heard) this.stop("no-sound", NO_SOUND);
  }

  #letGoOfMicrophone() {
    release(this.#microphone);
    this.#microphone = null;
  }

  // -- what is shown ----------------------------------------------------------------------------------------------------------

  #become(line, words = "") {
    [this.line, this.words] = [line, words];
    this.dispatchEvent(new Event("change"));
  }

  #alter(changes) {
    if (this.call) this.#show({ ...this.call, ...changes });
  }

  #show(call) {
    this.call = call;
    this.dispatchEvent(new Event("change"));
  }
}
