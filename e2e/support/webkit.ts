import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#db";
import type { Driver } from "./driver.ts";
import { findControl } from "./find_control.ts";
import { waitFor } from "./product.ts";

/** The driver, its browser, and the X server that holds the window: WebKitGTK has no mode without one. */
export function webkitPaths(): { driver: string; browser: string; display: string } | undefined {
  const driver = Bun.which("WebKitWebDriver");
  const display = Bun.which("Xvfb");
  const [browser] = new Bun.Glob("*/webkit2gtk-*/MiniBrowser").scanSync({ cwd: "/usr/lib", absolute: true });
  return driver && display && browser ? { driver, browser, display } : undefined;
}

/** The keys of WebDriver that have no character. */
const keys: Record<string, string> = {
  Enter: "\uE007",
  Escape: "\uE00C",
  Tab: "\uE004",
  Control: "\uE009",
};

/** WebKit as Safari has it, driven over plain WebDriver. */
export async function launchWebkit(): Promise<Driver> {
  const paths = webkitPaths();
  if (!paths) throw new Error("Cannot start WebKit: install webkit2gtk-driver and xvfb");
  const config = mkdtempSync(join(tmpdir(), "messagesender-webkit-"));
  mkdirSync(join(config, "gtk-3.0"));
  // Else the browser's toolbar keeps the window wider than a phone.
  writeFileSync(
    join(config, "gtk-3.0/gtk.css"),
    "* { min-width: 0; padding: 0; margin: 0; border-width: 0; }",
  );
  const xvfb = Bun.spawn(
    [paths.display, "-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"],
    {
      stdout: "pipe",
      stderr: "ignore",
    },
  );
  const { value } = await xvfb.stdout.getReader().read();
  const port = await freePort();
  const driver = Bun.spawn([paths.driver, `--port=${port}`], {
    stdout: "ignore",
    stderr: "ignore",
    env: {
      ...process.env,
      DISPLAY: `:${new TextDecoder().decode(value).trim()}`,
      GDK_BACKEND: "x11",
      // Else its reader's language is "C".
      LANG: "en_US.UTF-8",
      LC_ALL: undefined,
      XDG_CONFIG_HOME: config,
    },
  });

  async function call<T>(method: string, path: string, body: object = {}): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${port}/session${path}`, {
      method,
      body: method === "POST" ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(60_000),
    });
    const answer = (await response.json()) as { value: T & { error?: string; message?: string } };
    if (!response.ok) throw new Error(`${answer.value.error} at ${path}: ${answer.value.message}`);
    return answer.value;
  }

  async function end(): Promise<void> {
    for (const child of [driver, xvfb]) {
      child.kill();
      await child.exited;
    }
    rmSync(config, { recursive: true, force: true });
  }

  try {
    await waitFor(
      async () => (await fetch(`http://127.0.0.1:${port}/status`).catch(() => null))?.ok === true,
      30_000,
      "the driver of WebKit",
    );
    const { sessionId } = await call<{ sessionId: string }>("POST", "", {
      capabilities: {
        alwaysMatch: {
          // Errors are listened to before the document has loaded.
          pageLoadStrategy: "none",
          // Unsaved changes may be lost here.
          unhandledPromptBehavior: "accept",
          "webkitgtk:browserOptions": { binary: paths.browser, args: ["--automation"] },
        },
      },
    });
    const at = (path: string) => `/${sessionId}${path}`;
    const run: Driver["run"] = (work, argument) =>
      call("POST", at("/execute/sync"), { script: `return (${work})(arguments[0])`, args: [argument] });
    const act = (actions: object[]) =>
      call<null>("POST", at("/actions"), { actions: [{ type: "key", id: "keyboard", actions }] });
    const earlier: string[] = [];

    return {
      troubles: async () => [...earlier, ...(await run(troublesOfDocument, null))],
      async load(url) {
        earlier.push(...(await run(troublesOfDocument, null)));
        await call("POST", at("/url"), { url });
        await waitFor(() => run(listenInDocument, url).catch(() => false), 30_000, url);
        await waitFor(() => run(() => document.readyState === "complete", null), 30_000, url);
      },
      run,
      has: async (control) => (await run(findControl, control)) !== null,
      async click(control) {
        const found = await run<unknown, typeof control>(findControl, control);
        if (found === null) return false;
        const [id] = Object.values(found as Record<string, string>);
        await call("POST", at(`/element/${id}/click`));
        return true;
      },
      async type(text) {
        await act(
          [...text].flatMap((value) => [
            { type: "keyDown", value },
            { type: "keyUp", value },
          ]),
        );
      },
      async press(key) {
        const values = key.split("+").map((name) => keys[name] ?? name);
        await act([
          ...values.map((value) => ({ type: "keyDown", value })),
          ...values.toReversed().map((value) => ({ type: "keyUp", value })),
        ]);
      },
      async resize(width, height) {
        await call("POST", at("/window/rect"), { x: 0, y: 0, width, height });
        await waitFor(() => run((wanted) => window.innerWidth === wanted, width), 10_000, `${width} px`);
      },
      async screenshot() {
        return Buffer.from(await call<string>("GET", at("/screenshot")), "base64");
      },
      async close() {
        await call("DELETE", at("")).finally(end);
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Records errors of the new document from now on; false while the old one is still open. */
function listenInDocument(url: string): boolean {
  const seen = globalThis as { troubles?: string[] };
  if (seen.troubles || !location.href.startsWith(new URL(url).origin)) return false;
  const troubles: string[] = (seen.troubles = []);
  Object.assign(globalThis.console, {
    error: (...values: unknown[]) => troubles.push(`console: ${values.join(" ")}`),
  });
  window.addEventListener("error", ({ message }) => troubles.push(`exception: ${message}`));
  window.addEventListener("unhandledrejection", ({ reason }) => troubles.push(`exception: ${reason}`));
  return true;
}

function troublesOfDocument(): string[] {
  const failed = performance
    .getEntriesByType("resource")
    .filter((one) => (one as PerformanceResourceTiming).responseStatus >= 500)
    .map((one) => `failed: ${one.name}`);
  // A document that reloaded by itself is marked too, so that it is not taken for the one that comes next.
  const seen = globalThis as { troubles?: string[] };
  return [...(seen.troubles ??= []), ...failed];
}
