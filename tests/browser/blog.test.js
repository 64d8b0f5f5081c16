// Conduit's site in a real browser: what people do, with and without JavaScript, with nothing in the console
// and no request that leaves the machine. Each scene leaves a picture in screenshots/.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Stage, assertAccessible, assertNoSidewaysScroll } from "./stage.js";

let stage;
before(async () => {
  stage = await Stage.start({ app: "conduit" });
});
after(async () => {
  await stage?.stop();
});

const ENGLISH = { locale: "en-GB", mayShowPictures: true };
const NARROW = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const PASSWORD = "correct horse";
// Chromium reports the status of a page that says what is wrong as if it were an error of the page.
const STATUS = [/Failed to load resource: the server responded with a status of 4\d\d/];

async function signUp(page, name) {
  await page.goto("/register");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail address").fill(`${name}@example.com`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByText("Welcome.").waitFor();
}

async function write(page, title, text) {
  await page.getByRole("link", { name: "Write" }).click();
  await page.getByLabel("Title").fill(title);
  await page.getByLabel("What is it about?").fill("A short word on it");
  await page.getByLabel("Text").fill(text);
  await page.getByLabel("Tags").fill("browsers, tests");
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
}

// Everything that Markdown has, and what it must not have.
const TEXT = `### A heading

A *word*, a **strong** one, \`code\`, [a link](https://example.com/), and ![a picture](https://example.com/a.png).

> Said before.

1. One
2. Two

| a | b | a column of its own | another one | and one more |
|---|---|---|---|---|
| 1 | 2 | 3 | 4 | 5 |

\`\`\`
a line of code that is longer than any telephone is wide, and goes on for a while after that
\`\`\`

<script>alert(1)</script> <img src=x onerror=alert(1)> [bad](javascript:alert(1))
`;

test("without JavaScript: signing up, writing, commenting, signing out", async () => {
  await stage.visit(async (page) => {
    await page.goto("/");
    await page.getByRole("link", { name: "Sign up" }).click();
    await page.getByLabel("Name").fill("ann");
    await page.getByLabel("E-mail address").fill("nowhere");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByText("Write an address like ann@example.com.").waitFor();
    assert.equal(await page.getByLabel("Name").inputValue(), "ann");
    assert.equal(await page.getByLabel("Password").inputValue(), "");
    await assertNoSidewaysScroll(page);
    await signUp(page, "ann");
    await write(page, "Without a script", TEXT);
    assert.equal(new URL(page.url()).pathname, "/article/without-a-script");
    assert.equal(await page.locator(".prose script, .prose img[onerror], .prose a[href^=javascript]").count(), 0);
    assert.equal(await page.locator(".prose h2").textContent(), "A heading");
    await page.getByLabel("Your comment").fill("First\nsecond line");
    await page.getByRole("button", { name: "Post comment" }).click();
    await page.getByRole("heading", { name: "1 comment" }).waitFor();
    await page.getByRole("button", { name: "Favorite: Without a script" }).click();
    await page.locator("button[aria-pressed=true]", { hasText: "1" }).waitFor();
    await assertNoSidewaysScroll(page);
    await stage.shoot(page, "blog-without-script");
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Title").fill("Another title");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("heading", { level: 1, name: "Another title" }).waitFor();
    await page.getByRole("button", { name: "Delete this comment" }).click();
    await page.getByRole("heading", { name: "0 comments" }).waitFor();
    await page.getByText("Delete", { exact: true }).click();
    await page.getByRole("button", { name: "Delete this article and its comments" }).click();
    await page.getByText("The article was deleted.").waitFor();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByText("You are signed out.").waitFor();
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByLabel("E-mail address").fill("ann@example.com");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "ann", exact: true }).waitFor();
  }, { ...ENGLISH, ...NARROW, javaScriptEnabled: false, expected: STATUS });
});

test("favorites and follows without a reload", async () => {
  await stage.visit(async (page) => {
    await signUp(page, "bob");
    await page.goto("/");
    const first = page.locator(".card").first();
    const button = first.getByRole("button", { name: /^Favorite/ });
    const count = Number(await first.locator("[data-count]").textContent());
    await page.evaluate(() => {
      globalThis.isSamePage = true;
    });
    await button.click();
    await first.locator("button[aria-pressed=true]").waitFor();
    assert.equal(await first.locator("[data-count]").textContent(), String(count + 1));
    await button.click();
    await first.locator("button[aria-pressed=false]").waitFor();
    assert.equal(await first.locator("[data-count]").textContent(), String(count));
    assert.ok(await page.evaluate(() => globalThis.isSamePage));
    await first.locator(".card-title a").click();
    const follow = page.getByRole("button", { name: /^Follow/ });
    await follow.click();
    await page.locator("button[aria-pressed=true]", { hasText: "Follow" }).waitFor();
    await page.reload();
    await page.locator("button[aria-pressed=true]", { hasText: "Follow" }).waitFor();
    await page.goto("/?feed=you");
    assert.ok(await page.locator(".card").count() > 0);
    await stage.shoot(page, "blog-feed", { fullPage: false });
  }, ENGLISH);
});

test("a session that has ended leads to signing in, and back", async () => {
  await stage.visit(async (page, context) => {
    await signUp(page, "cleo");
    await page.goto("/");
    await context.clearCookies({ name: "conduit_session" });
    await page.locator(".card").first().getByRole("button", { name: /^Favorite/ }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.getByLabel("E-mail address").fill("cleo@example.com");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Post comment" }).waitFor();
  }, { ...ENGLISH, expected: STATUS });
});

test("pictures that cannot be loaded give way to initials", async () => {
  await stage.visit(async (page) => {
    await page.goto("/", { waitUntil: "networkidle" });
    const faces = page.locator(".card .face");
    const initial = async (face) => [...(await face.locator("..").locator(".author").textContent())][0];
    for (const face of await faces.all()) {
      await face.scrollIntoViewIfNeeded();
      await face.and(page.locator("span")).waitFor();
      assert.equal(await face.textContent(), await initial(face));
    }
    assert.ok(await faces.count() > 0);
    await assertAccessible(page);
    await stage.shoot(page, "blog-without-pictures");
  }, { ...ENGLISH, areLost: true, expected: [/ERR_NAME_NOT_RESOLVED/] });
});

const PAGES = ["/", "/?page=3", "/login", "/register", "/nothing"];
const OWN = ["/", "/?feed=you", "/editor", "/settings", "/article/without-end", "/editor/without-end"];

for (const [look, options] of [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["narrow", NARROW],
  ["japanese", { ...NARROW, locale: "ja-JP", colorScheme: "dark" }],
]) {
  test(`every page is accessible and fits: ${look}`, async () => {
    await stage.visit(async (page) => {
      const { articles } = await stage.api("/api/articles?limit=1");
      const [article] = articles;
      const profile = `/profile/${encodeURIComponent(article.author.username)}`;
      const visit = async (path, name) => {
        await page.goto(path, { waitUntil: "networkidle" });
        await assertAccessible(page);
        await assertNoSidewaysScroll(page);
        await stage.shoot(page, `blog-${look}-${name}`);
      };
      for (const path of [...PAGES, `/article/${encodeURIComponent(article.slug)}`, profile, `${profile}/favorites`]) {
        await visit(path, path.split(/[/?=]/).slice(0, 3).join("-") || "top");
      }
      const name = `dan-${look}`;
      const user = { username: name, email: `${name}@example.com`, password: PASSWORD, bio: "A line", image: "https://example.com/dan.png" };
      const headers = { "Content-Type": "application/json" };
      const made = await stage.api("/api/users", { method: "POST", headers, body: JSON.stringify({ user }) });
      headers.Authorization = `Token ${made.user.token}`;
      const fields = { title: `Without end ${look}`, description: "d".repeat(1000), body: TEXT, tagList: ["x".repeat(100), "short"] };
      const written = await stage.api("/api/articles", { method: "POST", headers, body: JSON.stringify({ article: fields }) });
      const { slug } = written.article;
      const comment = { body: "wide".repeat(300) };
      await stage.api(`/api/articles/${slug}/comments`, { method: "POST", headers, body: JSON.stringify({ comment }) });
      await page.goto("/login");
      await page.locator("#email").fill(user.email);
      await page.locator("#password").fill(PASSWORD);
      await page.locator("main .button").click();
      await page.locator(".me").waitFor();
      for (const path of OWN) {
        await visit(path.replace("without-end", slug), `own${path.split(/[/?=]/).slice(0, 3).join("-")}`);
      }
      await page.goto("/settings");
      await page.locator("#username").fill("a/b");
      await page.locator("main .fields .button").click();
      await page.locator(".wrong").first().waitFor();
      await assertAccessible(page);
      await assertNoSidewaysScroll(page);
      await stage.shoot(page, `blog-${look}-refused`);
    }, { ...ENGLISH, ...options, expected: STATUS });
  });
}
