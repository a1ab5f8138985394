import { follow } from "./feed.js";
import { setUpPlayer } from "./player.js";
import { announce, renderSection } from "./rows.js";
import { keepTicking, localise, tick } from "./time.js";

const SECTIONS = ["summary", "contacts", "callbacks", "agents", "queues", "lines", "phones", "records"];
const ANNOUNCED = ["contacts", "callbacks", "agents", "lines"];
const form = document.getElementById("choose");
const refusal = document.getElementById("refusal");

function show(snapshot) {
  for (const name of SECTIONS) renderSection(name, snapshot[name]);
  for (const name of ANNOUNCED) announce(name, snapshot[name]);
  localise();
  tick();
}

async function choose(event) {
  event.preventDefault();
  const button = event.submitter;
  const agent = button.closest("[data-key]")?.dataset.key ?? button.value.slice(0, button.value.indexOf(":"));
  const status = button.value.slice(button.value.lastIndexOf(":") + 1);
  const menu = button.closest("details");
  if (menu) {
    menu.open = false;
    menu.firstElementChild.focus();
  }
  button.setAttribute("aria-busy", "true");
  refusal.hidden = true;
  try {
    const answer = await fetch(`/api/agents/${encodeURIComponent(agent)}/status`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf.value },
      body: JSON.stringify({ status }),
    });
    if (!answer.ok) refuse((await answer.json()).message);
  } catch {
    refuse("The server did not answer. The status was perhaps not changed.");
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function refuse(words) {
  refusal.textContent = words;
  refusal.hidden = false;
}

keepTicking();
setUpPlayer();
form.addEventListener("submit", choose);
follow(show);
