// Every screen with made-up data: no violation, nothing sticking out, every word there.
import { after, before, test } from "node:test";
import { check, everyWay, openBrowser, person } from "../lib/browser.js";
import { start } from "../lib/server.js";
import assert from "node:assert/strict";

const SCREENS = (process.env.SCREENS || "desk reports report incident organisations organisation my plans plan search sign-in public-report receipt look-up error document").split(" ");
const gallery = process.env.GALLERY_BIN;

let server;
let chromium;
before(async () => {
  if (!gallery) return;
  server = await start(gallery, []);
  chromium = await openBrowser();
});
after(async () => {
  await chromium?.close();
  await server?.stop();
});

test("every screen is accessible in both languages, widths and themes", { skip: !gallery }, async () => {
  await everyWay(chromium.browser, server.base, async (page, way, { language }) => {
    for (const screen of SCREENS) {
      await page.goto(`/${screen}?lang=${language}`);
      await check(page, `${screen}-${way}`);
    }
  });
});

test("an exercise looks like an exercise", { skip: !gallery }, async () => {
  const somebody = await person(chromium.browser, server.base);
  await somebody.page.goto("/desk?exercise=1");
  assert.match(await somebody.page.locator(".exercise").innerText(), /演习/);
  await check(somebody.page, "desk-exercise");
  await somebody.leave();
});

test("control-K opens the palette and goes where its first line leads", { skip: !gallery }, async () => {
  const somebody = await person(chromium.browser, server.base, { language: "en" });
  const { page } = somebody;
  await page.goto("/desk?lang=en");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("Repo");
  await check(page, "palette");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/reports/);
  await somebody.leave();
});

test("a grave act waits until what goes to whom was read", { skip: !gallery }, async () => {
  const somebody = await person(chromium.browser, server.base, { language: "en" });
  const { page } = somebody;
  await page.goto("/incident?lang=en");
  await page.locator("#act-inform > summary").click();
  const button = page.locator("#inform button");
  assert.equal(await button.isDisabled(), true);
  await page.locator("#inform-text").fill("Report number 1");
  assert.equal(await page.locator("#inform [data-echo]").innerText(), "Report number 1");
  await page.locator("#inform [data-read]").check();
  assert.equal(await button.isDisabled(), false);
  await somebody.leave();
});

test("what was typed survives a reload, but never a password", { skip: !gallery }, async () => {
  const somebody = await person(chromium.browser, server.base, { language: "en" });
  const { page } = somebody;
  await page.goto("/public-report?lang=en");
  await page.locator("#report-what").fill("the portal shows another page");
  await page.reload();
  assert.equal(await page.locator("#report-what").inputValue(), "the portal shows another page");
  await page.goto("/sign-in?lang=en");
  await page.locator("#sign-in-password").fill("hunter2");
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.doesNotMatch(kept, /hunter2/);
  await somebody.leave();
});

test("countdowns tick", { skip: !gallery }, async () => {
  const somebody = await person(chromium.browser, server.base, { language: "en" });
  const { page } = somebody;
  await page.clock.install();
  await page.goto("/my?lang=en");
  const chip = page.locator("#next .due b");
  const before = await chip.innerText();
  await page.clock.fastForward("20:00");
  assert.notEqual(await chip.innerText(), before);
  assert.match(await page.locator("#next .due").getAttribute("class"), /due-soon/);
  await somebody.leave();
});

test("everything is there without script", { skip: !gallery }, async () => {
  const somebody = await person(chromium.browser, server.base, { script: false });
  await somebody.page.goto("/desk?lang=zh");
  assert.match(await somebody.page.locator("#next").innerText(), /超期/);
  await somebody.leave();
});

test("an event refreshes what nobody is typing in", { skip: !gallery }, async () => {
  const somebody = await person(chromium.browser, server.base, { language: "en" });
  const { page } = somebody;
  let events = 0;
  // The second page hears of the event only while somebody is typing: that is what is asked here.
  let typing;
  const isTyping = new Promise((resolve) => { typing = resolve; });
  await page.route("**/live", async (route) => {
    events += 1;
    if (events > 1) await isTyping;
    route.fulfill({ contentType: "text/event-stream", body: "retry: 600000\nevent: changed\ndata: 1\n\n" });
  });
  await page.goto("/incident?lang=en");
  await page.locator("#act-remark > summary").click();
  await page.locator("#remark-text").fill("half a sentence");
  await page.route("**/incident?lang=en&live=1", async (route) => {
    const answer = await route.fetch();
    const body = await answer.text();
    const again = route.request().headers()["x-live"] === "1";
    route.fulfill({ response: answer, body: again ? body.replaceAll("Accepted; incident opened", "Something new") : body });
  });
  await page.goto("/incident?lang=en&live=1");
  await page.locator("#act-remark > summary").click();
  await page.locator("#remark-text").focus();
  typing();
  await page.locator("#story", { hasText: "Something new" }).waitFor();
  assert.equal(await page.locator("#remark-text").inputValue(), "half a sentence");
  assert.ok(events >= 1);
  await somebody.leave();
});
