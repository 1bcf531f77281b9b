// From a bar of the watch to a report: open the watch, press a bar, tick two records, take the report in.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { check, everyWay, openBrowser, person, signIn } from "../lib/browser.js";
import { carryOut, text } from "../lib/screens.js";
import { centre } from "../lib/server.js";

const skip = !process.env.STORY_BIN;
const PASSWORD = "beacon-tower";

let server, chromium;

before(async () => {
  if (skip) return;
  [server, chromium] = await Promise.all([centre(), openBrowser()]);
});
after(async () => {
  await chromium?.close();
  await server?.stop();
});

/** Follows a link and waits for the screen. */
async function follow(page, locator) {
  const loaded = page.waitForEvent("load");
  await locator.click();
  await loaded;
}

test("a bar leads to its records, and two of them become a report", { skip }, async () => {
  for (const script of [true, false]) {
    const somebody = await person(chromium.browser, server.base, { script });
    const { page } = somebody;
    await signIn(page, "lin", PASSWORD);
    await follow(page, page.locator('nav a[href="/watch"]'));
    assert.match(await text(page.locator(".notice-attention").first()), /静默.*zeek-east/);

    // The highest bar of the chart, by the pointer.
    const high = page.locator(".chart a").filter({ has: page.locator('rect.chart-bar[height="128"]') });
    const href = await high.first().getAttribute("href");
    const loaded = page.waitForEvent("load");
    await high.first().locator(".chart-room").click();
    await loaded;
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, href);
    const rows = page.locator("#found tbody tr");
    assert.ok((await rows.count()) > 2, "the bar has records");

    // Nothing ticked is said, and leads back.
    await follow(page, page.locator('#selected button[value="picked"]'));
    await follow(page, page.locator("#report .notice a"));
    assert.equal(new URL(page.url()).search, new URL(href, server.base).search);

    for (const place of [0, 1]) await rows.nth(place).locator('input[name="place"]').check();
    await follow(page, page.locator('#selected button[value="picked"]'));
    const form = page.locator("form#detected");
    const said = await form.locator('textarea[name="description"]').inputValue();
    assert.match(said, /^监测到 2 条记录/);
    await form.locator('textarea[name="description"]').fill(`${said}\n已电话核实。`);
    await carryOut(page, form);
    assert.match(new URL(page.url()).pathname, /^\/reports\/rep_/);
    const report = await text(page.locator("main"));
    assert.match(report, /已电话核实/);
    assert.match(report, /records\.ndjson/);
    await somebody.leave();
  }
});

test("every screen of the watch is readable on a phone and at a desk, in both languages", { skip }, async () => {
  await everyWay(chromium.browser, server.base, async (page, name) => {
    await signIn(page, "lin", PASSWORD);
    await page.goto("/watch");
    await check(page, `watch/overview-${name}`);
    await page.goto("/watch/search?period=7d&district=310115");
    const record = await page.locator("#found tbody th a").first().getAttribute("href");
    await check(page, `watch/search-${name}`);
    await page.goto("/watch/search?network=203.0.113.999&period=own&from=2026-03-14T09:00&until=2026-03-13T09:00");
    await check(page, `watch/refused-${name}`);
    await page.goto("/watch/search?words=nothing-like-it");
    await check(page, `watch/nothing-${name}`);
    await page.goto(record);
    await check(page, `watch/record-${name}`);
    await page.goto("/watch/quarantine");
    await check(page, `watch/quarantine-${name}`);
    await page.goto("/watch/search?period=7d");
    const loaded = page.waitForEvent("load");
    await page.locator('#selected button[value="all"]').click();
    await loaded;
    await check(page, `watch/report-${name}`);
  });
});
