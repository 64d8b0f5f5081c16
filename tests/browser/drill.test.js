// The drill in a real browser: by keyboard, with and without JavaScript, with nothing in the console and no
// request that leaves the machine. Each scene leaves a picture in screenshots/.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Stage, assertAccessible, assertNoSidewaysScroll } from "./stage.js";

let stage;
before(async () => {
  stage = await Stage.start({ app: "english" });
});
after(async () => {
  await stage?.stop();
});

const ENGLISH = { locale: "en-GB" };
const NARROW = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

async function signUp(page, name) {
  await page.goto("/users/sign_up");
  await page.getByLabel("Email").fill(`${name}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill("correct horse");
  await page.getByLabel("Password confirmation").fill("correct horse");
  await page.getByRole("main").getByRole("button", { name: "Sign up" }).click();
  await page.getByText("Welcome!").waitFor();
}

const score = async (page) => Number(await page.locator("[data-score]").textContent());
const number = (page) => page.locator("h1 span").textContent();

test("ten sentences by keyboard, and the dashboard moves", async () => {
  await stage.visit(async (page) => {
    await signUp(page, "ann");
    await page.goto("/dashboard/index");
    const tried = page.getByRole("region", { name: "all try index" }).locator("td").first();
    assert.equal(await tried.textContent(), "0");
    await page.goto("/sentences");
    await page.getByRole("link", { name: "Show 1", exact: true }).click();
    for (let no = 1; no <= 10; no += 1) {
      await page.locator("h1 span", { hasText: new RegExp(`^${no}$`) }).waitFor();
      await page.locator(".has-keys").waitFor();
      const english = page.locator("[data-en]");
      assert.equal(await english.isVisible(), false);
      await page.keyboard.press("Space");
      await english.waitFor();
      await page.keyboard.press("Space");
      await english.waitFor({ state: "hidden" });
      const key = (no % 4) + 1;
      await page.keyboard.press(String(key));
      const points = [1, -1, 2, -2][key - 1];
      await page.getByRole("status").getByText(`The score is ${points} now.`).waitFor();
      assert.equal(await score(page), points);
      // From the link that has the focus now, or by the arrow.
      await page.keyboard.press(no % 2 ? "Enter" : "ArrowRight");
    }
    await page.locator("h1 span", { hasText: /^11$/ }).waitFor();
    await page.locator(".has-keys").waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.locator("h1 span", { hasText: /^10$/ }).waitFor();
    await page.goto("/dashboard/index");
    assert.equal(await tried.textContent(), "10");
    await page.getByText("10 gradings, 5 of them right").waitFor();
    await assertAccessible(page);
    await stage.shoot(page, "drill-dashboard");
  }, ENGLISH);
});

test("what is typed into the field is no command, and grading goes on without a reload", async () => {
  await stage.visit(async (page) => {
    await signUp(page, "bob");
    await page.goto("/sentences/1");
    await page.locator(".has-keys").waitFor();
    const field = page.getByLabel("Your answer, for yourself only");
    await field.fill("");
    await field.press("1");
    await field.press("Space");
    await field.press("ArrowRight");
    assert.equal(await field.inputValue(), "1 ");
    assert.equal(await page.locator("[data-en]").isVisible(), false);
    await field.press("Enter");
    await page.locator("[data-en]").waitFor();
    await page.evaluate(() => { window.isSamePage = true; });
    for (const [key, sum] of [["3", 2], ["3", 4], ["2", 3]]) {
      await page.keyboard.press(key);
      await page.getByRole("status").getByText(`The score is ${sum} now.`).waitFor();
    }
    await page.getByRole("button", { name: "書いて正解" }).click();
    await page.getByRole("status").getByText("The score is 5 now.").waitFor();
    assert.equal(await page.evaluate(() => window.isSamePage), true);
    await page.reload();
    await page.locator(".has-keys").waitFor();
    assert.equal(await score(page), 5);
    await assertAccessible(page);
    await page.keyboard.press("Space");
    await stage.shoot(page, "drill-sentence");
  }, ENGLISH);
});

test("without JavaScript: reveal, grade, go on, search", async () => {
  await stage.visit(async (page) => {
    await signUp(page, "cid");
    await page.goto("/sentences/2");
    assert.equal(await page.locator("[data-en]").isVisible(), false);
    await page.getByText("答え表示").click();
    await page.locator("[data-en]").waitFor();
    await page.getByRole("button", { name: "書かずに正解" }).click();
    await page.getByText("Score eng not written was successfully created.").waitFor();
    assert.equal(new URL(page.url()).pathname, "/sentences/2");
    assert.equal(await score(page), 1);
    await page.getByRole("link", { name: "Next" }).click();
    assert.equal(await number(page), "3");
    await page.getByLabel("No").fill("20");
    await page.getByRole("button", { name: "Go!" }).click();
    assert.equal(await number(page), "20");
    await page.goto("/users/edit");
    await page.getByRole("button", { name: "Toggle mode" }).click();
    await page.goto("/sentences");
    await page.getByText("top", { exact: true }).waitFor();
    await page.locator("tbody tr").first().getByText("1", { exact: true }).waitFor();
  }, { ...ENGLISH, javaScriptEnabled: false });
});

test("dark and narrow, in Japanese, nothing scrolls sideways", async () => {
  await stage.visit(async (page) => {
    await page.goto("/users/sign_up");
    await page.locator("main [name='user[email]']").fill("dan@example.com");
    for (const field of await page.locator("input[type=password]").all()) await field.fill("correct horse");
    await page.locator("main form .button").click();
    await page.getByText("Welcome!").waitFor();
    for (const path of ["/sentences", "/sentences/1", "/sentences/150", "/dashboard/index", "/scores", "/scores/new"]) {
      await page.goto(path);
      await assertNoSidewaysScroll(page);
      await assertAccessible(page);
    }
    await page.goto("/sentences/1");
    await page.getByText("答え表示").click();
    await page.getByRole("button", { name: "書いて不正解" }).click();
    await page.getByRole("status").getByText("スコアは-2です。").waitFor();
    await assertNoSidewaysScroll(page);
    await stage.shoot(page, "drill-narrow-dark");
    await page.goto("/dashboard/index");
    await assertNoSidewaysScroll(page);
    await assertAccessible(page);
    await page.goto("/scores");
    await assertNoSidewaysScroll(page);
    await assertAccessible(page);
  }, { ...NARROW, colorScheme: "dark" });
});

test("a recording is played, and what has none is read aloud where that is possible", async () => {
  await stage.visit(async (page) => {
    await signUp(page, "eve");
    await page.goto("/sentences/1");
    const voice = page.getByRole("button", { name: "voice" });
    await voice.click();
    await page.waitForFunction(() => document.getElementById("test_sound").duration > 0);
    await page.goto("/sentences/100");
    assert.equal(await page.locator("audio").count(), 0);
    assert.equal(await page.getByRole("button", { name: "voice" }).count(), 0);
    assert.equal(await page.getByRole("button", { name: "Read aloud" }).isVisible(), await page.evaluate(() => "speechSynthesis" in window));
  }, ENGLISH);
});
