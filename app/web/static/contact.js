// A live contact's page follows it: when the feed says that it moved on, the page's content is fetched anew.

import { follow } from "./feed.js";
import { keepTicking, localise, tick } from "./time.js";

const RETRY_MS = 2000;
let seen = "";
let wanted = false;
let fetching = false;

const holder = () => document.getElementById("contact");

async function refresh() {
  wanted = true;
  if (fetching) return;
  fetching = true;
  while (wanted) {
    wanted = false;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (answer?.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("contact");
      holder().replaceWith(document.adoptNode(fresh));
      localise();
      tick();
    } else {
      setTimeout(refresh, RETRY_MS);
      break;
    }
  }
  fetching = false;
}

function onSnapshot(snapshot) {
  if (holder().dataset.live !== "yes") return;
  const row = snapshot.contacts.find((contact) => contact.key === holder().dataset.contact);
  const now = JSON.stringify(row ?? null);
  if (now === seen) return;
  seen = now;
  document.getElementById("announcements").textContent = row ? row.say : "The contact is over.";
  refresh();
}

keepTicking();
if (holder().dataset.live === "yes") follow(onSnapshot);
