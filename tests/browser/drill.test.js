// The drill in a real browser: an evening of it by keyboard, by mouse, by ear and without JavaScript, with
// nothing in the console. Each scene leaves a picture in screenshots/. What rules there are is tested elsewhere.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Stage, assertAccessible, assertNoSidewaysScroll } from "./stage.js";

const ENGLISH = { locale: "en-GB" };
const NARROW = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const PASSWORD = "correct horse";
// Chromium reports the status of a page that says what is wrong as if it were an error of the page.
const STATUS = [/Failed to load resource: the server responded with a status of 4\d\d/];
// What the four buttons count.
const COUNTS = [1, -1, 2, -2];

let stage;
// Eve, who is an editor: the cookies of her browser.
let eve;
// The address of the longest sentence that the app takes.
let longest;
before(async () => {
  stage = await Stage.start({ app: "english" });
  eve = await fresh("eve");
  await stage.server.restart(["english", "grant", "eve@example.com", "editor"]);
  await stage.visit(async (page) => {
    await page.goto("/sentences/new");
    await page.locator("#sentence_no").fill("999");
    await page.locator("#sentence_jp").fill("長".repeat(255));
    await page.locator("#sentence_en").fill("long".repeat(63));
    await page.locator("#sentence_voice_data").fill("/voice/none.mp3");
    await page.locator("main .button").click();
    await page.getByText("Sentence was successfully created.").waitFor();
    longest = new URL(page.url()).pathname;
  }, { ...ENGLISH, storageState: eve });
});
after(async () => {
  await stage?.stop();
});

async function signUp(page, name) {
  await page.goto("/users/sign_up");
  await page.locator("#email").fill(`${name}@example.com`);
  await page.locator("#password").fill(PASSWORD);
  await page.locator("#password_confirmation").fill(PASSWORD);
  await page.locator("main .button").click();
  await page.getByText("Welcome! You have signed up successfully.").waitFor();
}

async function signIn(page, name, { remember = false, password = PASSWORD } = {}) {
  await page.goto("/users/sign_in");
  await page.locator("#email").fill(`${name}@example.com`);
  await page.locator("#password").fill(password);
  if (remember) await page.getByLabel("Remember me").check();
  await page.locator("main .button").click();
  await page.getByText("Signed in successfully.").waitFor();
}

// The cookies of somebody new.
async function fresh(name) {
  let cookies;
  await stage.visit(async (page, context) => {
    await signUp(page, name);
    cookies = await context.storageState();
  }, ENGLISH);
  return cookies;
}

async function signOut(page) {
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByText("Signed out successfully.").waitFor();
}

const number = (page) => page.locator("h1 span").textContent().then(Number);
const score = (page) => page.locator("[data-score]").textContent().then(Number);
const scored = (page, value) => page.locator("[data-score]", { hasText: new RegExp(`^${value}$`) }).waitFor();

// The page of a sentence, once it takes keys.
const drilled = (page, no) => page.locator(".has-keys h1", { hasText: new RegExp(`^No ${no}$`) }).waitFor();

// Whether somebody is taken for signed in.
async function isKnown(page) {
  await page.goto("/dashboard/index");
  return new URL(page.url()).pathname === "/dashboard/index";
}

// The count, the number of all and the percentage of each block of the dashboard.
async function shares(page) {
  await page.goto("/dashboard/index");
  const blocks = await page.locator(".share").all();
  return Promise.all(blocks.map((block) => block.locator("td").allTextContents()));
}

test("ten sentences by keyboard, and the dashboard moves", async () => {
  await stage.visit(async (page) => {
    await page.goto("/sentences/1");
    await page.getByText("You need to sign in or sign up before continuing.").waitFor();
    await signUp(page, "ann");
    const before = await shares(page);
    assert.deepEqual(before.map(([count]) => count), ["0", "0", "0", "0"]);
    const all = before[0][1];
    await page.goto("/sentences");
    await page.locator("tbody a").first().click();
    await drilled(page, 1);
    const answer = page.locator("[data-en]");
    for (let index = 0; index < 10; index++) {
      assert.equal(await number(page), index + 1);
      assert.ok(await answer.isHidden());
      await page.keyboard.press("Space");
      await answer.waitFor();
      await page.keyboard.press(String(index % 4 + 1));
      await scored(page, COUNTS[index % 4]);
      assert.match(await page.locator("[data-status]").textContent(), /^Graded\./);
      assert.ok(await answer.isVisible(), "grading stays on the page");
      if (index === 2) await stage.shoot(page, "drill-graded", { fullPage: false });
      // The focus is on what is next.
      await page.keyboard.press(index % 2 ? "Enter" : "ArrowRight");
      await drilled(page, index + 2);
    }
    await page.keyboard.press("ArrowLeft");
    await drilled(page, 10);
    const moved = await shares(page);
    // Said rightly: 1, 5 and 9; written rightly: 3 and 7.
    assert.deepEqual(moved.map(([count]) => count), ["10", "5", "3", "2"]);
    assert.ok(moved.every((share) => share[1] === all));
    assert.deepEqual(await page.locator("section[aria-labelledby=best] tbody tr:first-child td").allTextContents().then((cells) => [cells[0], cells[2]]), ["3", "2"]);
    await page.getByText("10 gradings, 5 of them right").waitFor();
    await assertAccessible(page);
    await stage.shoot(page, "drill-dashboard");
  }, ENGLISH);
});

test("what is typed into the field is not caught, and goes nowhere", async () => {
  await stage.visit(async (page) => {
    const sent = [];
    page.on("request", (request) => sent.push(request.url()));
    await page.goto("/sentences/20", { waitUntil: "networkidle" });
    const before = await score(page);
    sent.length = 0;
    const field = page.locator("[data-free]");
    await field.pressSequentially("1 2 3 4 very v");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowRight");
    assert.equal(await field.inputValue(), "1 2 3 4 very v");
    assert.equal(await number(page), 20);
    assert.ok(await page.locator("[data-en]").isHidden());
    await page.keyboard.press("Enter");
    await page.locator("[data-en]").waitFor();
    assert.equal(await field.inputValue(), "1 2 3 4 very v");
    assert.deepEqual(sent, []);
    await page.evaluate(() => {
      globalThis.isSamePage = true;
    });
    // The field is left: keys grade again. A key that is held grades once, and Ctrl+1 is the browser's.
    await page.keyboard.press("Control+1");
    await page.keyboard.down("3");
    await page.keyboard.down("3");
    await page.keyboard.up("3");
    await scored(page, before + 2);
    await page.getByRole("button", { name: "書かずに不正解" }).click();
    await scored(page, before + 1);
    await page.keyboard.press("1");
    await scored(page, before + 2);
    assert.ok(await page.evaluate(() => globalThis.isSamePage));
    await page.reload();
    await scored(page, before + 2);
    // So is the search.
    await page.locator("#no").pressSequentially("12");
    await page.keyboard.press("Enter");
    await drilled(page, 12);
  }, { ...ENGLISH, storageState: eve });
});

test("a session that has ended leads to signing in, and nothing is graded", async () => {
  await stage.visit(async (page, context) => {
    await signUp(page, "cleo");
    await page.goto("/sentences/3");
    await drilled(page, 3);
    await context.clearCookies({ name: "english_session" });
    await page.keyboard.press("1");
    await page.locator("#password").or(page.locator(".failure")).waitFor();
    await assertAccessible(page);
    await signIn(page, "cleo");
    await page.goto("/sentences/3");
    assert.equal(await score(page), 0);
  }, { ...ENGLISH, expected: STATUS });
});

test("without JavaScript: signing up, revealing, grading, going on", async () => {
  await stage.visit(async (page) => {
    await page.goto("/users/sign_up");
    await page.locator("#email").fill("dan@example.com");
    await page.locator("#password").fill("short");
    await page.locator("#password_confirmation").fill("other");
    await page.locator("main .button").click();
    await page.locator(".wrong").first().waitFor();
    assert.equal(await page.locator("#email").inputValue(), "dan@example.com");
    await assertNoSidewaysScroll(page);
    await stage.shoot(page, "drill-without-script-refused");
    await signUp(page, "dan");
    await page.goto("/sentences/1");
    assert.ok(await page.locator("[data-en]").isHidden());
    assert.ok(await page.locator("audio").isVisible());
    assert.equal(await page.locator("[data-keys], [data-voice], [data-speak], .key").filter({ visible: true }).count(), 0);
    await page.getByText("答え表示").click();
    assert.ok(await page.locator("[data-en]").isVisible());
    await stage.shoot(page, "drill-without-script");
    await page.getByText("答え非表示").click();
    assert.ok(await page.locator("[data-en]").isHidden());
    await page.getByRole("button", { name: "書いて正解" }).click();
    await page.getByText("Score eng written was successfully created.").waitFor();
    assert.equal(await score(page), 2);
    await assertNoSidewaysScroll(page);
    await page.getByRole("link", { name: "Next" }).click();
    assert.equal(await number(page), 2);
    await page.getByRole("button", { name: "書かずに不正解" }).click();
    await page.getByText("Score eng not written was successfully created.").waitFor();
    assert.equal(await score(page), -1);
    await page.getByLabel("No").fill("20");
    await page.getByRole("button", { name: "Go!" }).click();
    assert.equal(await number(page), 20);
    assert.deepEqual((await shares(page)).map(([count]) => count), ["2", "1", "0", "1"]);
    await page.goto("/users/edit");
    await page.getByRole("button", { name: "Toggle mode" }).click();
    await page.goto("/sentences");
    await page.getByText("top", { exact: true }).waitFor();
    await page.locator("tbody tr").first().getByText("1", { exact: true }).waitFor();
    await signOut(page);
  }, { ...ENGLISH, ...NARROW, javaScriptEnabled: false });
});

// The cookies that are left when a browser is closed.
const kept = ({ cookies }) => ({ cookies: cookies.filter(({ expires }) => expires > 0), origins: [] });

test("who is remembered stays so over restarts of browser and server", async () => {
  const left = {};
  for (const remember of [true, false]) {
    await stage.visit(async (page, context) => {
      if (remember) {
        await signUp(page, "flo");
        await signOut(page);
      }
      await signIn(page, "flo", { remember });
      assert.ok(await isKnown(page));
      left[remember] = await context.storageState();
    }, ENGLISH);
  }
  await stage.server.restart();
  for (const [storageState, expected] of [[kept(left.true), true], [kept(left.false), false], [left.false, true]]) {
    await stage.visit(async (page) => assert.equal(await isKnown(page), expected), { ...ENGLISH, storageState });
  }
});

test("signing out ends the sessions of all browsers", async () => {
  await stage.visit(async (here) => {
    await signUp(here, "gus");
    await stage.visit(async (there) => {
      await signIn(there, "gus", { remember: true });
      assert.ok(await isKnown(there));
      await signOut(here);
      assert.ok(!await isKnown(there));
      await there.getByText("You need to sign in or sign up before continuing.").waitFor();
    }, ENGLISH);
  }, ENGLISH);
});

test("a forgotten password is set by the link in the mail, once", async () => {
  await stage.visit(async (page) => {
    await signUp(page, "hal");
    await signOut(page);
    await page.getByRole("link", { name: "Log in" }).first().click();
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await page.locator("#email").fill("hal@example.com");
    await page.locator("main .button").click();
    await page.getByText("you will receive a password recovery link").waitFor();
    const [mail] = await stage.mails(1);
    assert.match(mail, /^To: <?hal@example\.com>?\r?$/m);
    const [link] = mail.match(/^http.*$/m);
    await page.goto(link.trim());
    await page.locator("#password").fill("another horse");
    await page.locator("#password_confirmation").fill("another horse");
    await page.locator("main .button").click();
    await page.getByText("Your password has been changed successfully. You are now signed in.").waitFor();
    assert.ok(await isKnown(page));
    await signOut(page);
    await signIn(page, "hal", { password: "another horse" });
    await signOut(page);
    await page.goto(link.trim());
    await page.locator("#password").fill("a third horse");
    await page.locator("#password_confirmation").fill("a third horse");
    await page.locator("main .button").click();
    await page.locator(".wrong").waitFor();
    await assertAccessible(page);
  }, ENGLISH);
});

// Hears what the page has the browser say.
function stubSpeech() {
  globalThis.heard = [];
  const speechSynthesis = { cancel() {}, speak: ({ text, lang }) => globalThis.heard.push([text, lang]) };
  Object.defineProperty(globalThis, "speechSynthesis", { value: speechSynthesis });
}

const heard = (page) => page.evaluate(() => globalThis.heard);
const english = (page) => page.locator("[data-en]").textContent();

test("a recording plays, by ranges of bytes", async () => {
  await stage.visit(async (page) => {
    const asked = [];
    page.on("response", async (response) => {
      if (response.url().includes("/voice/")) asked.push([response.status(), (await response.request().allHeaders()).range]);
    });
    await page.goto("/sentences/1", { waitUntil: "networkidle" });
    assert.deepEqual(asked, [], "nothing is loaded before it is played");
    await page.evaluate(() => {
      globalThis.ended = new Promise((resolve) => document.querySelector("audio").addEventListener("ended", resolve));
    });
    await page.keyboard.press("v");
    await page.evaluate(() => globalThis.ended);
    const [seconds, error] = await page.evaluate(() => [document.querySelector("audio").currentTime, document.querySelector("audio").error]);
    assert.ok(seconds > .3 && error === null, `${seconds} ${error}`);
    assert.ok(asked.length > 0 && asked.every(([status, range]) => status === 206 && /^bytes=\d+-/.test(range)), JSON.stringify(asked));
    assert.ok(await page.locator("[data-speak]").isHidden());
    // Again, from its middle.
    await page.evaluate(() => {
      const audio = document.querySelector("audio");
      audio.currentTime = audio.duration / 2;
      return new Promise((resolve) => audio.addEventListener("seeked", resolve));
    });
    await page.getByRole("button", { name: "voice" }).click();
    await page.waitForFunction(() => !document.querySelector("audio").paused);
  }, { ...ENGLISH, storageState: eve });
});

test("the browser speaks where there is no recording", async () => {
  await stage.visit(async (page) => {
    await page.addInitScript(stubSpeech);
    await page.goto("/sentences/13");
    assert.equal(await page.locator("[data-voice]").filter({ visible: true }).count(), 0);
    await page.getByRole("button", { name: "Read aloud" }).click();
    await page.keyboard.press("v");
    const words = await english(page);
    assert.deepEqual(await heard(page), [[words, "en-US"], [words, "en-US"]]);
  }, { ...ENGLISH, storageState: eve });
});

for (const [what, answer] of [
  ["is not there", { status: 404, body: "" }],
  ["is no sound", { contentType: "audio/mpeg", body: "This is not a sound." }],
]) {
  test(`the browser speaks when a recording ${what}`, async () => {
    await stage.visit(async (page) => {
      await page.addInitScript(stubSpeech);
      await page.route("**/voice/*", (route) => route.fulfill(answer));
      await page.goto("/sentences/2");
      const speak = page.getByRole("button", { name: "Read aloud" });
      assert.ok(await speak.isHidden());
      await page.getByRole("button", { name: "voice" }).press("Enter");
      await speak.waitFor();
      assert.ok(await page.getByRole("button", { name: "voice" }).isHidden());
      const words = await english(page);
      assert.deepEqual(await heard(page), [[words, "en-US"]], "who asked once hears it once");
      // The button that was pressed has gone. Its place has the focus.
      await page.keyboard.press("Enter");
      assert.deepEqual(await heard(page), [[words, "en-US"], [words, "en-US"]]);
    }, { ...ENGLISH, storageState: eve, expected: STATUS });
  });
}

test("a browser that cannot speak offers nothing", async () => {
  await stage.visit(async (page) => {
    await page.addInitScript(() => delete globalThis.speechSynthesis);
    await page.route("**/voice/*", (route) => route.fulfill({ status: 404, body: "" }));
    await page.goto("/sentences/13");
    await drilled(page, 13);
    const buttons = page.locator("[data-voice], [data-speak]").filter({ visible: true });
    assert.equal(await buttons.count(), 0);
    await page.goto("/sentences/2");
    await page.getByRole("button", { name: "voice" }).click();
    await page.locator("[data-voice]").waitFor({ state: "hidden" });
    assert.equal(await buttons.count(), 0);
  }, { ...ENGLISH, storageState: eve, expected: STATUS });
});

test("the language is the browser's until the switch is used", async () => {
  await stage.visit(async (page) => {
    const language = () => page.locator("html").getAttribute("lang");
    await page.goto("/sentences/5");
    assert.equal(await language(), "ja");
    await page.getByRole("link", { name: "ダッシュボード" }).first().waitFor();
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("link", { name: "Dashboard" }).first().waitFor();
    assert.equal(new URL(page.url()).pathname, "/sentences/5");
    await page.goto("/dashboard/index");
    assert.equal(await language(), "en");
    await page.getByRole("button", { name: "日本語" }).click();
    await page.waitForFunction(() => document.documentElement.lang === "ja");
    assert.equal(new URL(page.url()).pathname, "/dashboard/index");
  }, { storageState: eve });
});

const GUESTS = ["/", "/accesses/goodbye", "/users/sign_in", "/users/sign_up", "/users/password/new", "/users/password/edit?reset_password_token=x", "/nothing"];
const OWN = ["/", "/sentences", "/sentences?page=30", "/sentences/1", "/sentences/13", "/sentences/new", "/sentences/1/edit", "/dashboard/index", "/users/edit", "/scores", "/score_eng_writtens", "/scores/new", "/words/1", "/words/13", "/sentences/nothing"];

test("the longest sentence can be drilled", async () => {
  await stage.visit(async (page) => {
    await page.goto(longest);
    await drilled(page, 999);
    for (const digit of [1, 2, 3, 4]) {
      const before = await score(page);
      await page.keyboard.press(String(digit));
      await scored(page, before + COUNTS[digit - 1]);
    }
  }, { ...ENGLISH, storageState: eve });
});

// Whether all of something is in the window.
async function isInView(page, locator) {
  const { x, y, width, height } = await locator.boundingBox();
  const window = page.viewportSize();
  return x >= 0 && y >= 0 && x + width <= window.width && y + height <= window.height;
}

for (const [look, options] of [["wide", { viewport: { width: 1366, height: 650 } }], ["narrow", NARROW]]) {
  test(`nothing moves when an answer is shown, and the next one is within reach: ${look}`, async () => {
    await stage.visit(async (page) => {
      const places = () => page.locator("h1, form[data-grade], [data-free]").evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().y + scrollY));
      const next = page.locator("a[rel=next]");
      await page.goto("/sentences/1");
      for (let no = 1; no <= 3; no++) {
        await drilled(page, no);
        const before = await places();
        await page.locator("[data-answer] summary").click();
        await page.locator("[data-en]").waitFor();
        assert.deepEqual(await places(), before);
        await page.locator("form[data-grade='1'] button").click();
        await page.locator(".is-chosen").waitFor();
        assert.ok(await isInView(page, next));
        await stage.shoot(page, `drill-reach-${look}`, { fullPage: false });
        await next.click();
      }
      await page.goto(longest);
      await drilled(page, 999);
      assert.ok(await isInView(page, next));
      const before = await places();
      await page.keyboard.press("Space");
      await page.locator("[data-en]").waitFor();
      assert.deepEqual(await places(), before);
    }, { ...ENGLISH, ...options, storageState: await fresh(look) });
  });
}

// How light the background of a page is, from 0 to 1.
async function lightness(page) {
  const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  return Math.max(...colour.match(/\d+/g).map(Number)) / 255;
}

for (const [look, options] of [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["narrow", NARROW],
  ["japanese", { ...NARROW, locale: "ja-JP", colorScheme: "dark" }],
]) {
  const isDark = options.colorScheme === "dark";
  const language = options.locale === "ja-JP" ? "ja" : "en";
  test(`every page is accessible and fits: ${look}`, async () => {
    const inspect = async (page, name) => {
      await assertAccessible(page);
      assert.equal(await page.locator("html").getAttribute("lang"), language);
      assert.equal(await lightness(page) < .5, isDark);
      await assertNoSidewaysScroll(page);
      const cut = await page.locator("main").locator("a, button, input, summary").evaluateAll((all) => all.filter((one) => {
        const { left, right, width } = one.getBoundingClientRect();
        return width > 0 && one.checkVisibility() && (left < 0 || right > document.documentElement.clientWidth);
      }).map((one) => one.outerHTML));
      assert.deepEqual(cut, [], name);
      const boxes = await page.locator(".table-box").evaluateAll((all) => all.map((box) => box.scrollWidth - box.clientWidth));
      assert.ok(boxes.every((more) => more === 0), `${name}: tables are wider than their boxes by ${boxes}`);
      await stage.shoot(page, `drill-${look}-${name}`);
    };
    const nameOf = (path) => (path === longest ? "longest" : path.slice(1).replaceAll(/[/?=]+/g, "-") || "top");
    await stage.visit(async (page) => {
      for (const path of GUESTS) {
        await page.goto(path, { waitUntil: "networkidle" });
        await inspect(page, `guest-${nameOf(path)}`);
      }
      await page.goto("/users/sign_in");
      await page.locator("#email").fill("nobody@example.com");
      await page.locator("#password").fill(PASSWORD);
      await page.locator("main .button").click();
      await page.locator("[role=alert]").waitFor();
      await inspect(page, "refused");
    }, { ...ENGLISH, ...options, expected: STATUS });
    await stage.visit(async (page) => {
      for (const path of [...OWN, longest]) {
        await page.goto(path, { waitUntil: "networkidle" });
        await inspect(page, nameOf(path));
      }
      for (const path of ["/sentences/1", longest]) {
        await page.goto(path);
        await page.locator("[data-answer] summary").click();
        await page.locator("form[data-grade='1'] button").click();
        await page.locator(".is-chosen").waitFor();
        await inspect(page, `${nameOf(path)}-open`);
      }
      await page.goto("/dashboard/index");
      await page.locator("details summary").click();
      await inspect(page, "dashboard-table");
      await page.goto("/scores");
      await page.locator("td.doings summary").first().click();
      await inspect(page, "scores-some");
      await page.locator("td.doings a").first().click();
      await inspect(page, "score");
      await page.goto("/users/edit");
      await page.locator("#password").fill("short");
      await page.locator("#current_password").fill("wrong");
      await page.locator("main .button").first().click();
      await page.locator(".wrong").first().waitFor();
      await page.locator("details summary").click();
      await inspect(page, "account-refused");
    }, { ...ENGLISH, ...options, storageState: eve, expected: STATUS });
  });
}
