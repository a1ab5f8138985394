// Brings tables up to a snapshot: rows are matched by key, so focus, selection and a playing recording stay where they are.

const rules = new WeakMap();

function rulesOf(element) {
  if (!rules.has(element)) {
    const pairs = element.dataset.bind.split(" ").map((pair) => {
      const colon = pair.indexOf(":");
      return [pair.slice(0, colon), pair.slice(colon + 1)];
    });
    rules.set(element, pairs);
  }
  return rules.get(element);
}

function fill(element, row) {
  for (const [attribute, name] of rulesOf(element)) {
    const value = row[name];
    if (attribute === "text") {
      const text = value === null || value === undefined ? "" : String(value);
      if (element.textContent !== text) element.textContent = text;
    } else if (value === null || value === undefined || value === false) {
      element.removeAttribute(attribute);
    } else {
      const text = value === true ? "" : String(value);
      if (element.getAttribute(attribute) !== text) element.setAttribute(attribute, text);
    }
  }
}

function fillRow(element, row) {
  fill(element, row);
  element.querySelectorAll("[data-bind]").forEach((inner) => fill(inner, row));
}

export function renderSection(name, rows) {
  const holder = document.querySelector(`[data-section="${name}"]`);
  if (!holder) return;
  const template = document.querySelector(`template[data-row="${name}"]`);
  const present = new Map([...holder.children].map((element) => [element.dataset.key, element]));
  const focused = document.activeElement;
  rows.forEach((row, index) => {
    const element = present.get(row.key) ?? template.content.firstElementChild.cloneNode(true);
    present.delete(row.key);
    fillRow(element, row);
    if (holder.children[index] !== element) holder.insertBefore(element, holder.children[index] ?? null);
  });
  present.forEach((element) => element.remove());
  if (focused !== document.activeElement && focused?.isConnected) focused.focus();
  const empty = document.querySelector(`[data-empty="${name}"]`);
  if (empty) {
    empty.hidden = rows.length > 0;
    holder.closest("table").hidden = rows.length === 0;
  }
}

const said = new Map();
let pending = [];
let speaking = null;

function speak() {
  const region = document.getElementById("announcements");
  region.textContent = pending.length > 4 ? `${pending.length} changes` : pending.join(". ");
  pending = [];
  speaking = null;
}

// Tells a screen reader, politely and at most every two seconds, whose state has changed.
export function announce(section, rows) {
  const before = said.get(section);
  const now = new Map(rows.map((row) => [row.key, row.say]));
  said.set(section, now);
  if (!before) return;
  for (const [key, say] of now) if (say && before.get(key) !== say) pending.push(say);
  if (pending.length && !speaking) speaking = setTimeout(speak, 2000);
}
