// What people do on the screens, and what they read there.
import assert from "node:assert/strict";

const DAY = "2026-03-14";

/** A time of the story's day as a field for date and time holds it. */
export const onTheDay = (time) => `${DAY}T${time}`;

/** Fills in fields by their names: text, a choice by value or by what it says, a box, a file. */
export async function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.locator(`[name="${name}"]`);
    const kind = await field.first().evaluate((element) => (element.tagName === "SELECT" ? "select" : element.type));
    if (kind === "select") await field.selectOption(typeof value === "string" ? value : await said(field, value));
    else if (kind === "radio") await form.locator(`[name="${name}"][value="${value}"]`).check();
    else if (kind === "checkbox" && value === true) await field.check();
    else if (kind === "checkbox") await tick(form, name, value);
    else if (kind === "file") await field.setInputFiles(value);
    else if (kind === "datetime-local") await field.fill(onTheDay(value));
    else await field.fill(value);
  }
}

/** The value of the option that says something. */
async function said(select, words) {
  const options = await select.locator("option").evaluateAll((all) => all.map((it) => [it.value, it.textContent]));
  const found = options.filter(([, text]) => words.test(text));
  assert.equal(found.length, 1, `${words} is not one of ${options.map(([, text]) => text).join(" | ")}`);
  return found[0][0];
}

/** Ticks exactly those boxes whose words match one of these; each must match one box. */
async function tick(form, name, wanted) {
  const words = [wanted].flat();
  const boxes = form.locator(`label:has([name="${name}"])`);
  const texts = await boxes.allInnerTexts();
  for (const word of words)
    assert.equal(texts.filter((text) => word.test(text)).length, 1, `${word} is not one of:\n${texts.join("\n")}`);
  for (const [place, text] of texts.entries())
    await boxes.nth(place).locator("input").setChecked(words.some((word) => word.test(text)));
}

/** Presses the button of a form and waits for the screen that follows. */
export async function send(page, form) {
  const read = form.locator("[data-read]");
  if (await read.count()) await read.check();
  const loaded = page.waitForEvent("load");
  await form.locator('button[type="submit"]').click();
  await loaded;
}

/** The same; the form must not come back. */
export async function carryOut(page, form) {
  await send(page, form);
  const refused = await page.locator(".notice-refused").allInnerTexts();
  assert.deepEqual(refused, [], "the form came back");
}

/** Opens an act of a screen and gives back its form. */
export async function opened(page, name) {
  const act = page.locator(`details#act-${name}`);
  if (!(await act.evaluate((details) => details.open))) await act.locator("summary").first().click();
  return act.locator("form");
}

/** The duties of a table: what, by whom to whom, when, where it stands; one line each. */
export async function duties(page, region = "#duties") {
  return page.locator(`${region} table`).first().locator("tbody tr").evaluateAll((rows) =>
    rows.map((row) => {
      const text = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";
      const [what, due, state] = row.cells;
      const name = text(what.querySelector("div").firstChild);
      const route = what.querySelector(".route");
      const chip = due.querySelector(".due");
      const time = text(chip.querySelector("time"));
      const words = text(chip.querySelector("b"));
      const when = chip.hasAttribute("data-due") ? time : `${words.replace(/ · .*| 0 (秒|s)$/, "")} ${time}`.trim();
      const also = text(due.querySelector(".below")).match(/(?:原文推算|by the text) [\d:]+/)?.[0];
      const fromTo = route.innerText.split("\n")[0].trim();
      return [name, fromTo, when, text(state), also].filter(Boolean).join(" | ");
    }),
  );
}

/** Every line of `wanted` is there; `wanted` is one text, a line each. */
export function has(lines, wanted) {
  const there = lines.map(plain);
  for (const line of wanted.trim().split("\n").map(plain))
    assert.ok(there.includes(line), `missing: ${line}\namong:\n${there.join("\n")}`);
}

/** The text of something in one line, with the punctuation of ASCII: which is used is not the story's. */
export async function text(locator) {
  return plain(await locator.innerText());
}

function plain(said) {
  const ascii = { "，": ",", "；": ";", "：": ":", "（": "(", "）": ")", "？": "?" };
  return said.replace(/[，；：（）？]/g, (mark) => ascii[mark]).replace(/\s+/g, " ").trim();
}
