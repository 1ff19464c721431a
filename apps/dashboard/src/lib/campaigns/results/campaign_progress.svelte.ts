import type { Desk } from "../../desk/desk.svelte.ts";
import type { LiveFacts } from "../../live/live.svelte.ts";
import { describeError } from "../../api/request.ts";
import { type Campaign, type CampaignAction, campaigns, type Results } from "../../api/campaigns.ts";
import { isBefore } from "../campaign_words.ts";
import { countsAfter, SendRate } from "../progress_counts.ts";

const RESULTS_EVERY_MS = 4000;
/** The reason for waiting is no part of its numbers. */
const QUIET_MS = 10_000;
const LIVE = new Set(["planning", "running"]);

/** One campaign on the screen: pushed counts that never go back, and results that follow them. */
export class CampaignProgress {
  readonly #desk: Desk;
  readonly #onresults: () => void;
  readonly id: string;
  readonly rate = new SendRate();
  #resultsAskedAt = 0;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  campaign = $state.raw<Campaign | null>(null);
  results = $state.raw<Results | null>(null);
  points = $state.raw<{ at: number; perSecond: number }[]>([]);
  perSecond = $state<number | null>(null);
  error = $state.raw<unknown>(null);
  resultsProblem = $state<string | null>(null);
  doing = $state<CampaignAction | null>(null);
  readonly isLive = $derived(this.campaign !== null && LIVE.has(this.campaign.status));

  /** `onresults` is called whenever the recipients may have changed, too. */
  constructor(desk: Desk, id: string, onresults: () => void) {
    this.#desk = desk;
    this.id = id;
    this.#onresults = onresults;
  }

  start(): () => void {
    const stop = this.#desk.campaignNews.listen((facts) => {
      if (facts === null) void this.load();
      else if (facts.campaignId === this.id) this.#hear(facts);
    });
    void this.load();
    return () => {
      stop();
      clearTimeout(this.#timer);
      // A running request is enough.
      this.#asked += 1;
    };
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const { campaign } = await campaigns.get(this.#desk.workspaceId, this.id);
      if (asked !== this.#asked) return;
      this.put(campaign);
      this.error = null;
      if (campaign.status !== "draft") await this.#loadResults();
      if (this.isLive && asked === this.#asked) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => void this.load(), QUIET_MS);
      }
    } catch (error) {
      this.error = error;
    }
  }

  /** Performs the action and shows the changed campaign; throws the server's refusals. */
  async act(action: CampaignAction): Promise<Campaign> {
    this.doing = action;
    try {
      const { campaign } = await campaigns.act(this.#desk.workspaceId, this.id, action);
      if (campaign.id === this.id) this.put(campaign);
      if (action === "resend-failed" && this.results) this.results = { ...this.results, missed: 0 };
      return campaign;
    } finally {
      this.doing = null;
    }
  }

  async chooseWinner(variant: number): Promise<void> {
    const { campaign } = await campaigns.chooseWinner(this.#desk.workspaceId, this.id, variant);
    this.put(campaign);
  }

  /** Shows it as the server says it is. */
  put(campaign: Campaign): void {
    this.campaign = { ...campaign, counts: this.#countsOf(campaign) };
    this.perSecond = this.rate.now ?? campaign.perSecond;
  }

  #countsOf(next: Pick<Campaign, "status" | "counts">): Campaign["counts"] {
    const shown = this.campaign;
    return shown === null ? next.counts : countsAfter(shown, next);
  }

  #hear({ status, counts }: LiveFacts["campaign"]): void {
    const shown = this.campaign;
    if (!shown) return;
    this.campaign = { ...shown, status, counts: this.#countsOf({ status, counts }) };
    this.rate.add(Date.now(), this.campaign.counts.sent);
    this.points = this.rate.points;
    this.perSecond = this.rate.now ?? this.perSecond;
    // Reasons, ends and times are not pushed: they are asked for now and then while numbers move.
    if (status === shown.status && !isBefore(status)) this.#askLater();
    else void this.load();
  }

  #askLater(): void {
    clearTimeout(this.#timer);
    const wait = Math.max(500, this.#resultsAskedAt + RESULTS_EVERY_MS - Date.now());
    this.#timer = setTimeout(() => void this.load(), wait);
  }

  async #loadResults(): Promise<void> {
    this.#resultsAskedAt = Date.now();
    try {
      this.results = await campaigns.results(this.#desk.workspaceId, this.id);
      this.resultsProblem = null;
      this.#onresults();
    } catch (error) {
      this.resultsProblem = describeError(error);
    }
  }
}
