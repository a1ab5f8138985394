// The live feed: one socket, reconnected with growing pauses, and a banner whenever what is on the page may be old.

import { moment, serverIs } from "./time.js";

const SILENCE_MS = 12000;
const GRACE_MS = 1500;

export function follow(onSnapshot) {
  let socket = null;
  let heard = performance.now();
  let heardAt = Number(document.body.dataset.nowMs);
  let attempts = 0;
  let connected = false;

  function receive(event) {
    const message = JSON.parse(event.data);
    heard = performance.now();
    if (message.now_ms !== undefined) {
      serverIs(message.now_ms);
      heardAt = message.now_ms;
    } else {
      heardAt = Math.max(heardAt, message.at_ms);
      connected = true;
      attempts = 0;
      onSnapshot(message);
    }
    judge();
  }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    let opened = false;
    const mine = new WebSocket(`${scheme}//${location.host}/ws/status`);
    socket = mine;
    mine.onopen = () => { opened = true; heard = performance.now(); };
    mine.onmessage = receive;
    mine.onclose = (event) => {
      if (socket !== mine) return;
      connected = false;
      if (event.code === 4401) return location.reload();
      if (!opened) leaveWhenSignedOut();
      attempts += 1;
      const pause_ms = Math.min(10000, 250 * 2 ** attempts) * (0.7 + 0.6 * Math.random());
      setTimeout(connect, pause_ms);
      setTimeout(judge, GRACE_MS);
    };
  }

  // A socket cannot tell why it was refused; a request can.
  async function leaveWhenSignedOut() {
    try {
      const answer = await fetch("/api/status", { headers: { Accept: "application/json" } });
      if (answer.status === 401) location.reload();
    } catch { /* the server is away: the banner says so */ }
  }

  function judge() {
    const silent = performance.now() - heard;
    if (socket && socket.readyState === WebSocket.OPEN && silent > SILENCE_MS + 8000) socket.close();
    const stale = silent > SILENCE_MS || (!connected && silent > GRACE_MS);
    show(stale, heardAt);
  }

  connect();
  setInterval(judge, 1000);
  document.addEventListener("visibilitychange", judge);
}

function show(stale, heardAt) {
  document.body.toggleAttribute("data-stale", stale);
  const banner = document.getElementById("stale");
  const words = `Live updates are interrupted: this page shows ${moment(heardAt)}. Trying to reconnect…`;
  if (stale && banner.textContent !== words) banner.textContent = words;
  if (banner.hidden === stale) banner.hidden = !stale;
  const stamp = document.getElementById("stamp");
  if (!stamp) return;
  stamp.dataset.tone = stale ? "warning" : "ok";
  stamp.firstElementChild.textContent = stale ? "Stale, as of" : "Live, as of";
  const time = stamp.querySelector("time");
  time.dataset.atMs = heardAt;
  time.textContent = moment(heardAt);
}
