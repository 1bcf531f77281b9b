// What the screens do beyond HTML. Every screen works without this file.
const root = document.documentElement;
const body = document.body;
const all = (query, from = document) => [...from.querySelectorAll(query)];
const words = JSON.parse(body.dataset.words || "{}");
const say = (key, value) => (words[key] || "{t}").replace("{t}", value);

/* Countdowns: the server's clock counts, not this machine's. */
const offset = Number(body.dataset.now || Date.now()) - Date.now();

function span(seconds) {
  const d = Math.floor(seconds / 86400);
  const h = Math.floor((seconds % 86400) / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  const s = seconds % 60;
  if (d) return `${say("d", d)} ${say("h", h)}`;
  if (h) return `${say("h", h)} ${say("m", m)}`;
  return m >= 5 ? say("m", m) : m ? `${say("m", m)} ${say("s", s)}` : say("s", s);
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function tick() {
  const now = Math.floor((Date.now() + offset) / 1000);
  for (const chip of all("[data-due]")) {
    const left = Number(chip.dataset.due) - now;
    const state = left < 0 ? "over" : left <= 900 ? "soon" : "open";
    chip.classList.remove("due-open", "due-soon", "due-over");
    chip.classList.add(`due-${state}`);
    chip.closest(".next")?.classList.toggle("is-over", left < 0);
    write(chip.querySelector("b"), say(left < 0 ? "over" : "left", span(Math.abs(left))));
  }
  for (const since of all("[data-since]")) {
    write(since, say("since", span(Math.max(0, now - Number(since.dataset.since)))));
  }
}
tick();
setInterval(tick, 1000);

/* Live: an event says that something changed; the page is fetched again and its regions replaced. */
const edited = new WeakSet();
document.addEventListener("input", (event) => edited.add(event.target));
const busy = (region) =>
  all("input, textarea, select", region).some((field) => field === document.activeElement || edited.has(field));

function adopt(fresh) {
  for (const region of all("[data-live-region][id]")) {
    const next = fresh.getElementById(region.id);
    if (!next || next.outerHTML === region.outerHTML) continue;
    if (busy(region)) {
      const notice = document.getElementById("live-stale");
      if (notice) notice.hidden = false;
      continue;
    }
    const open = all("details[open][id]", region).map((details) => details.id);
    const focus = region.contains(document.activeElement) && document.activeElement.id;
    region.replaceWith(next);
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
    if (focus) document.getElementById(focus)?.focus();
  }
  guard(document);
  tick();
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { "x-live": "1" }, credentials: "same-origin" });
  if (answer.ok && !answer.redirected) adopt(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

let waiting;
function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => (document.hidden ? (stale = true) : refresh().catch(() => {})), 250);
}
let stale = false;
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && stale) {
    stale = false;
    soon();
  }
});
const live = document.querySelector("[data-live]");
if (live && "EventSource" in window) {
  const source = new EventSource(live.dataset.live);
  const lost = document.getElementById("live-lost");
  let was = false;
  source.onopen = () => {
    if (lost) lost.hidden = true;
    if (was) soon();
    was = true;
  };
  source.onerror = () => lost && (lost.hidden = false);
  source.onmessage = soon;
  source.addEventListener("changed", soon);
  addEventListener("pagehide", () => source.close());
}

/* Drafts: what was typed survives a reload, a time-out, signing in again. Never passwords, files, tokens. */
const owner = body.dataset.account || "";
const store = owner ? localStorage : sessionStorage;
const place = (form) => `draft:${owner}:${form.dataset.draft}`;
const kept = (form) =>
  [...form.elements].filter((f) => f.name && f.name !== "csrf" && !/^(hidden|password|file|submit|button)$/.test(f.type));

function keep(form) {
  const values = kept(form).map((f) => [f.name, f.value, /^(checkbox|radio)$/.test(f.type) ? f.checked : null]);
  try {
    store.setItem(place(form), JSON.stringify(values));
  } catch {
    // A full store must not stop anybody from typing.
  }
}

function restore(form) {
  const saved = JSON.parse(store.getItem(place(form)) || "[]");
  for (const [name, value, checked] of saved) {
    const field = kept(form).find((f) => f.name === name && (checked === null || f.value === value));
    if (!field) continue;
    if (checked === null) field.value = value;
    else field.checked = checked && !field.hasAttribute("data-fresh");
  }
  const note = form.querySelector("[data-draft-note]");
  if (note && saved.length) note.hidden = false;
}

const sent = sessionStorage.getItem("sent");
const answered = !/^(sign-in|error)$/.test(body.dataset.page || "");
if (sent && answered) {
  if (!document.querySelector("form[data-refused]")) store.removeItem(sent);
  sessionStorage.removeItem("sent");
}
for (const form of all("form[data-draft]")) {
  if (!form.hasAttribute("data-refused")) restore(form);
  form.addEventListener("input", () => keep(form));
}

/* Grave acts: the button works once what goes to whom was read. Nothing is sent twice. */
function arm(form) {
  const read = form.querySelector("[data-read]");
  const button = form.querySelector("button[type=submit]");
  if (read && button) button.disabled = !read.checked;
  for (const echo of all("[data-echo]", form)) {
    const field = form.elements[echo.dataset.echo];
    const chosen = field?.selectedOptions ? field.selectedOptions[0]?.text : field?.value;
    echo.textContent = chosen || "…";
  }
}

function guard(from) {
  for (const form of all("form", from)) {
    if (form.guarded) continue;
    form.guarded = true;
    arm(form);
    form.addEventListener("input", () => arm(form));
    form.addEventListener("submit", (event) => {
      if (form.sending) return event.preventDefault();
      form.sending = form.method === "post";
      if (form.dataset.draft) sessionStorage.setItem("sent", place(form));
      if (form.hasAttribute("data-sign-out"))
        Object.keys(localStorage).filter((k) => k.startsWith("draft:")).forEach((k) => localStorage.removeItem(k));
      const button = event.submitter;
      if (form.sending && button) button.setAttribute("aria-busy", "true");
    });
  }
}
guard(document);
addEventListener("pageshow", () => {
  for (const form of document.forms) form.sending = false;
  all("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});
document.querySelector("[data-refused-summary]")?.focus();
for (const button of all("[data-print]")) {
  button.hidden = false;
  button.onclick = () => print();
}

/* Ctrl-K: everything the page links to by name, or a search. */
let palette;
function build() {
  palette = document.createElement("dialog");
  palette.className = "palette";
  palette.setAttribute("aria-label", words.palette);
  const input = document.createElement("input");
  const list = document.createElement("ul");
  Object.assign(input, { type: "search", placeholder: words.palette, autocomplete: "off" });
  Object.assign(list, { id: "palette-list", role: "listbox", ariaLabel: words.palette });
  input.setAttribute("role", "combobox");
  for (const [name, value] of [["label", words.palette], ["controls", list.id], ["expanded", "true"]])
    input.setAttribute(`aria-${name}`, value);
  palette.append(input, list);
  body.append(palette);
  const links = all("nav a[href], a[data-command]").map((a) => [a.dataset.command || a.textContent.trim(), a.href]);
  let at = 0;
  const mark = () =>
    [...list.children].forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === at));
      if (i === at) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  const show = () => {
    const text = input.value.trim();
    const found = links.filter(([name]) => name.toLowerCase().includes(text.toLowerCase())).slice(0, 12);
    if (text && body.dataset.search)
      found.push([say("find", text), `${body.dataset.search}?q=${encodeURIComponent(text)}`]);
    list.replaceChildren(
      ...found.map(([name, href], i) => {
        const option = document.createElement("li");
        Object.assign(option, { id: `palette-${i}`, role: "option", textContent: name });
        option.onclick = () => location.assign(href);
        return option;
      }),
    );
    at = 0;
    mark();
  };
  input.oninput = show;
  input.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      at = (at + step + list.children.length) % Math.max(1, list.children.length);
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      list.children[at]?.click();
    }
  };
  palette.show_all = () => {
    input.value = "";
    show();
    palette.showModal();
    input.focus();
  };
}
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
  event.preventDefault();
  if (!palette) build();
  palette.open ? palette.close() : palette.show_all();
});
root.dataset.script = "on";
