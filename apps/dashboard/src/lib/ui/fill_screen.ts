/** Whether a list whose pages came short is being followed further, or waits for somebody to ask for that. */
export type Further = "no" | "searching" | "paused";

const SCREENFUL = 15;
const MOST_PAGES = 20;

export interface Taken {
  rows: number;
  hasMore: boolean;
}

/**
 * Takes pages until they fill a screen. A page of a search looks through a part of the list: it may hold few rows, or
 * none, although the list goes on. After twenty pages a person decides. `take` answers null when nothing came. `rows`
 * may ask for more than a screen.
 */
export async function fillScreen(
  take: () => Promise<Taken | null>,
  say: (further: Further) => void,
  rows = 0,
): Promise<void> {
  let wanted = Math.max(SCREENFUL, rows);
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const taken = await take();
    if (!taken) return;
    wanted -= taken.rows;
    if (wanted <= 0 || !taken.hasMore) return say("no");
    say(page < MOST_PAGES ? "searching" : "paused");
  }
}
