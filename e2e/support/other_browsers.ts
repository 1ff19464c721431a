import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Control } from "./find_control.ts";
import type { Driver } from "./driver.ts";
import { launchFirefox, firefoxPath } from "./firefox.ts";
import { waitFor } from "./product.ts";
import { launchWebkit, webkitPaths } from "./webkit.ts";

export interface OtherBrowser {
  name: string;
  /** The Debian packages that bring it. */
  packages: string;
  isInstalled: boolean;
  launch(): Promise<Driver>;
}

export const otherBrowsers: OtherBrowser[] = [
  {
    name: "Firefox",
    packages: "firefox-esr",
    isInstalled: firefoxPath() !== undefined,
    launch: launchFirefox,
  },
  {
    name: "WebKit",
    packages: "webkit2gtk-driver xvfb",
    isInstalled: webkitPaths() !== undefined,
    launch: launchWebkit,
  },
];

const shots = fileURLToPath(new URL("../../test-results/screens", import.meta.url));

/** A person at the browser: each step waits for its elements. */
export async function openWalk({ launch, name }: OtherBrowser) {
  const driver = await launch();
  const timeoutMs = 20_000;

  return {
    driver,

    /** Waits until the screen shows the text, in capitals or not. */
    async see(text: string): Promise<void> {
      await waitFor(
        () =>
          driver.run(
            (wanted) => document.querySelector("main")?.innerText.toLowerCase().includes(wanted) ?? false,
            text.toLowerCase(),
          ),
        timeoutMs,
        `"${text}" in ${name}`,
      );
    },

    async click(control: Control): Promise<void> {
      await waitFor(() => driver.click(control), timeoutMs, `${JSON.stringify(control)} in ${name}`);
    },

    /** Waits until the control is there. */
    async find(control: Control): Promise<void> {
      await waitFor(() => driver.has(control), timeoutMs, `${JSON.stringify(control)} in ${name}`);
    },

    /** Moves to another screen without loading the document again, as a link does. */
    async follow(path: string): Promise<void> {
      await driver.run((href) => {
        const link = Object.assign(document.createElement("a"), { href });
        document.body.append(link);
        link.click();
        link.remove();
      }, path);
      await waitFor(
        () => driver.run((wanted) => location.pathname === wanted, path),
        timeoutMs,
        `${path} in ${name}`,
      );
    },

    /** Waits until the screen has its content. */
    async stand(): Promise<void> {
      const hasContent = () =>
        driver.run(() => {
          const main = document.querySelector("main");
          return main !== null && main.innerText.length > 40 && !main.querySelector("[aria-busy=true]");
        }, null);
      await waitFor(hasContent, timeoutMs, `the content of a screen in ${name}`);
    },

    /** How much wider than the window the page is. */
    overflow: () =>
      driver.run(() => document.documentElement.scrollWidth - document.documentElement.clientWidth, null),

    async look(picture: string): Promise<void> {
      if (process.env.TEST_PICTURES !== "1") return;
      const path = join(shots, `${name}-${picture}.png`);
      mkdirSync(dirname(path), { recursive: true });
      await Bun.write(path, await driver.screenshot());
    },
  };
}

export type Walk = Awaited<ReturnType<typeof openWalk>>;
