// `fengsui demo`: everybody can come in and look around, and nothing is lost when it is killed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LANGUAGES, openBrowser, person, picture, signIn } from "../lib/browser.js";
import { fengsui, folder } from "../lib/server.js";

const skip = !process.env.FENGSUI_BIN;

let data, server, chromium, password, accounts;

before(async () => {
  if (skip) return;
  data = await folder();
  [server, chromium] = await Promise.all([fengsui("demo", data.path), openBrowser()]);
  const said = server.output();
  password = said.match(/password: (\S+)/)[1];
  accounts = [...said.matchAll(/^ {2}(\S+) +\S+ · /gm)].map(([, account]) => account);
});
after(async () => {
  await chromium?.close();
  await server?.stop();
  await data?.away();
});

/** What somebody sees of a page, without what changes by the second. */
async function record(page, path) {
  await page.goto(path);
  return page.locator("main a").evaluateAll((links) =>
    links.map((link) => [link.getAttribute("href"), link.textContent.trim()].join(" ")).sort(),
  );
}

/** A place opens: an answer of 200 in this language, with a heading and every word. */
async function opens(page, place, language, name) {
  const answer = await page.request.get(place);
  assert.equal(answer.status(), 200, name);
  const html = await answer.text();
  assert.match(html, new RegExp(`<html lang="${language}"`), name);
  assert.match(html, /<h1>[^<]/, name);
  assert.doesNotMatch(html, /⟦/, name);
}

test("every account signs in, and every place of its navigation opens in both languages", { skip }, async () => {
  assert.ok(accounts.length >= 18, `only ${accounts.length} accounts were printed`);
  for (const account of accounts) {
    const somebody = await person(chromium.browser, server.base);
    const { page } = somebody;
    await signIn(page, account, password);
    const places = await page.locator("nav a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    assert.ok(places.length >= 3, `${account} has nowhere to go`);
    for (const language of LANGUAGES) {
      await page.goto(`/language?to=${language}&back=/`);
      for (const place of places) await opens(page, place, language, `${account} at ${place} in ${language}`);
    }
    await picture(page, `demo/${account}`);
    await somebody.leave();
  }
});

test("the centre is populated: sixteen districts, three incidents in different stages", { skip }, async () => {
  const somebody = await person(chromium.browser, server.base);
  const { page } = somebody;
  await signIn(page, "lin", password);
  await page.goto("/incidents?state=all");
  assert.ok((await page.locator("#incidents tbody tr").count()) >= 3, "three incidents");
  await page.goto("/organisations/tree");
  const districts = (await page.locator("main").innerText()).match(/(浦东新|[\u4e00-\u9fff]{2})区网信办/g);
  assert.equal(new Set(districts).size, 16);
  await somebody.leave();
});

test("killed and started again it comes up with the same record", { skip }, async () => {
  const somebody = await person(chromium.browser, server.base);
  const { page } = somebody;
  await signIn(page, "mara", password);
  await page.goto("/report");
  const form = page.locator("#report");
  await form.locator('[name="title"]').fill("断电前的报告");
  await form.locator('[name="what"]').fill("主机房断电。");
  await form.locator('[name="discovered"]').fill(await lastMinute(page));
  await form.locator('button[type="submit"]').click();
  const number = await page.locator(".receipt .big").first().innerText();
  const places = ["/reports", "/incidents", "/organisations"];
  const before = [];
  for (const place of places) before.push(await record(page, place));
  assert.ok(before[0].some((line) => line.includes(number)));
  await somebody.leave();

  await server.stop("SIGKILL");
  server = await fengsui("demo", data.path);
  const again = await person(chromium.browser, server.base);
  await signIn(again.page, "mara", password);
  for (const [at, place] of places.entries()) assert.deepEqual(await record(again.page, place), before[at], place);
  await again.leave();
});

/** The time on the footer of a page, as a field holds it: never in the future. */
async function lastMinute(page) {
  const at = new Date(await page.locator("footer time").first().getAttribute("datetime"));
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16);
}
