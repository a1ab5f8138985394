// The phone's page: shows what the softphone does, and hands it what is pressed. Enter answers, because Answer has the focus.

import { ring } from "./ringer.js";
import { SignedOut, Softphone } from "./softphone.js";
import { keepTicking, now, tick } from "./time.js";

const element = (id) => document.getElementById(id);
const LINES = {
  off: ["Off", "idle"],
  starting: ["Connecting", "idle"],
  ready: ["Ready", "ok"],
  lost: ["Interrupted", "warning"],
  "no-microphone": ["No microphone", "down"],
  "no-sound": ["No sound", "down"],
  elsewhere: ["Used elsewhere", "warning"],
  "signed-out": ["Signed out", "down"],
};
const STATES = { ringing: "is calling", connecting: "is being connected", talking: "talking" };
const CAN_START = ["off", "no-microphone", "no-sound", "elsewhere"];
const IN_STATE = { answer: ["ringing"], decline: ["ringing"], mute: ["talking"], hold: ["talking"], "keypad-open": ["talking"], "hang-up": ["connecting", "talking"] };

async function ask(path, fields = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": element("phone").dataset.csrf };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(fields) }).catch(() => null);
  if (!answer) throw new Error("The server does not answer. The phone connects again by itself.");
  if (answer.status === 401) throw new SignedOut();
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.message);
  return content;
}

async function access() {
  const content = await ask("/api/panel/softphone");
  own = content.phone;
  showWhereItRings(content.chosen);
  return content;
}

async function ringHere() {
  try {
    showWhereItRings((await ask("/api/panel/phone", { softphone: true })).phone);
  } catch (error) {
    element("words").textContent = error.message;
  }
}

const scheme = location.protocol === "https:" ? "wss:" : "ws:";
const phone = new Softphone({ access, audio: element("other-side"), url: `${scheme}//${location.host}/ws/sip` });
let shown = null;
let own = "";
let elsewhere = "";

function showWhereItRings(chosen) {
  elsewhere = own === chosen ? "" : `Your calls ring at ${chosen || "no phone"}, not here.`;
  element("rings").hidden = !elsewhere;
  element("rings-where").textContent = elsewhere;
  if (!phone.call) showCall(null);
}

function show() {
  const [word, tone] = LINES[phone.line];
  element("line").textContent = word;
  element("line").dataset.tone = tone;
  if (element("words").textContent !== phone.words) element("words").textContent = phone.words;
  element("start").hidden = !CAN_START.includes(phone.line);
  element("start").textContent = phone.line === "elsewhere" ? "Use the phone here" : "Start the phone";
  showCall(phone.call);
  ring(phone.call?.state === "ringing");
}

function showCall(call) {
  const state = call?.state ?? "none";
  const changed = state !== (shown?.state ?? "none");
  shown = call;
  element("call").dataset.state = state;
  element("caller").textContent = call ? call.caller || "Number withheld" : "No call";
  element("queue").textContent = call?.queue ?? "";
  element("state").textContent = call ? (call.held ? "on hold" : call.muted ? "talking, you are muted" : STATES[state]) : idleWords();
  element("age").hidden = state !== "talking";
  element("age").dataset.sinceMs = call ? now() - (Date.now() - call.sinceMs) : 0;
  tick();
  for (const [name, pressed] of [["mute", call?.muted], ["hold", call?.held]]) element(name).setAttribute("aria-pressed", Boolean(pressed));
  const held = document.activeElement?.closest("#call");
  for (const [id, states] of Object.entries(IN_STATE)) element(id).hidden = !states.includes(state);
  if (state !== "talking") openKeypad(false);
  if (!changed) return;
  document.title = state === "ringing" ? `Call from ${element("caller").textContent}` : "Phone · Trunkline";
  if (state === "ringing") element("answer").focus();
  else if (state === "talking" && held) element("mute").focus();
  else if (state === "none" && held) element("content").focus();
  element("announcements").textContent =
    state === "ringing" ? `Call from ${element("caller").textContent}, ${call.queue}. Enter answers.` : state === "none" ? "The call is over." : element("state").textContent;
}

function idleWords() {
  return phone.line === "ready" && !elsewhere ? "The next call rings here." : "No call rings here now.";
}

function openKeypad(open) {
  element("keypad").hidden = !open;
  element("keypad-open").setAttribute("aria-expanded", open);
  if (!open) element("pressed").textContent = "";
  else element("keypad").querySelector("button").focus();
}

function press(key) {
  phone.sendDigits(key);
  element("pressed").textContent = (element("pressed").textContent + key).slice(-24);
}

const pressed = (id, act) => element(id).addEventListener("click", act);
pressed("start", () => phone.start());
pressed("ring-here", ringHere);
pressed("answer", () => phone.answer());
pressed("decline", () => phone.hangUp());
pressed("hang-up", () => phone.hangUp());
pressed("mute", () => phone.setMuted(!phone.call?.muted));
pressed("hold", () => phone.setHeld(!phone.call?.held));
pressed("keypad-open", () => openKeypad(element("keypad").hidden));
element("keypad").addEventListener("click", (event) => { if (event.target.dataset.key) press(event.target.dataset.key); });
element("keypad").addEventListener("keydown", (event) => {
  if (/^[0-9*#]$/.test(event.key)) press(event.key);
  else if (event.key === "Escape") { openKeypad(false); element("keypad-open").focus(); }
});
addEventListener("beforeunload", (event) => { if (phone.call) event.preventDefault(); });
addEventListener("pagehide", () => phone.stop());
phone.addEventListener("change", show);
keepTicking();
show();
phone.start();
