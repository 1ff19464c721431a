import { type Audience, audience, type CampaignKind } from "../../api/campaigns.ts";

/** Commenters are counted page by page; of more pages than this, the audience step counts the chosen one. */
const MOST_PAGES = 20;

/** How many people each kind could reach right now. Undefined while it is counted, null where it cannot be said. */
export class KindCounts {
  readonly #workspaceId: string;
  #isAsked = false;
  #counts = $state.raw<Partial<Record<CampaignKind, number | null>>>({});

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
  }

  of(kind: CampaignKind): number | null | undefined {
    return this.#counts[kind];
  }

  async loadOnce(pageIds: readonly string[]): Promise<void> {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const commenters =
      pageIds.length > MOST_PAGES ? [] : pageIds.map((pageId) => ({ commentsOn: { pageId } }));
    await Promise.all([
      this.#count("window", [{ all: true }]),
      this.#count("utility", [{ all: true }]),
      this.#count("private_reply", commenters),
    ]);
  }

  async #count(kind: CampaignKind, audiences: Audience[]): Promise<void> {
    const found = await Promise.all(
      audiences.map((one) => audience.preview(this.#workspaceId, { kind, audience: one })),
    ).catch(() => []);
    const count = found.length === 0 ? null : found.reduce((sum, { count }) => sum + count, 0);
    this.#counts = { ...this.#counts, [kind]: count };
  }
}
