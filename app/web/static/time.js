// Shows moments in the reader's time zone and lets durations tick by the server's clock.

let offset_ms = 0;

export function serverIs(now_ms) {
  offset_ms = now_ms - Date.now();
}

export function now() {
  return Date.now() + offset_ms;
}

export function duration(span_ms) {
  const seconds = Math.max(0, Math.floor(span_ms / 1000));
  const pad = (number) => String(number).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

export function moment(at_ms) {
  const date = new Date(at_ms);
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  if (date.toDateString() === new Date(Date.now() + offset_ms).toDateString()) return time;
  return `${date.toLocaleDateString([], { day: "2-digit", month: "short" })} ${time}`;
}

export function tick(root = document) {
  const now_ms = Date.now() + offset_ms;
  for (const element of root.querySelectorAll(".age")) {
    const since_ms = Number(element.dataset.sinceMs || 0);
    const text = since_ms ? duration(now_ms - since_ms) : "–";
    if (element.textContent !== text) element.textContent = text;
  }
}

export function localise(root = document) {
  for (const element of root.querySelectorAll("time[data-at-ms]")) {
    const at_ms = Number(element.dataset.atMs);
    const text = moment(at_ms);
    if (element.textContent === text) continue;
    element.textContent = text;
    element.dateTime = new Date(at_ms).toISOString();
    element.title = new Date(at_ms).toLocaleString();
  }
}

export function keepTicking() {
  serverIs(Number(document.body.dataset.nowMs));
  localise();
  tick();
  setInterval(tick, 1000);
}
