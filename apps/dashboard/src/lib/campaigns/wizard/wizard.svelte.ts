import { SvelteSet } from "svelte/reactivity";
import { m } from "#lib/paraglide/messages.js";
import type { Desk } from "../../desk/desk.svelte.ts";
import { ApiError, describeError } from "../../api/request.ts";
import {
  type Campaign,
  type CampaignAction,
  type CampaignBody,
  type CampaignKind,
  campaigns,
  type Segment,
  segments,
} from "../../api/campaigns.ts";
import { type SendingRules, sendingRules } from "../../api/consent.ts";
import { campaignSeconds } from "../duration.ts";
import { ReachCount } from "../reach.svelte.ts";
import { fullDateTime } from "../../ui/format.ts";
import { shownZone } from "../../ui/zone.ts";
import { audienceWords } from "./audience_words.ts";
import { FileContacts } from "./file_contacts.svelte.ts";
import { closingQuestion, closingWords } from "./closing_windows.ts";
import { dropDraft, keepDraft, keptDraft } from "./kept_drafts.ts";
import { contentDraft, contentOf, emptyUtility } from "../../templates/content_draft.ts";
import { reachQuestion } from "./reach_question.ts";
import { readDraft } from "./read_draft.ts";
import { bodyOf, draftOf, evenWeights, newDraft, type Step, stepProblems, STEPS } from "./draft.ts";

const SAVE_AFTER_MS = 700;

/** `here`: kept in this browser, since the server does not take it as it is. */
type Saving = "nothing" | "unsaved" | "here" | "saving" | "saved" | "failed";

/** A campaign in the making: the draft, where its maker is, and how much of it the server has. */
export class Wizard {
  readonly desk: Desk;
  readonly reach: ReachCount;
  /** Those whose window closes before their turn may come. */
  readonly closing: ReachCount;
  readonly file: FileContacts;
  readonly #oncreated: (campaign: Campaign) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saved: string;
  #saves: Promise<boolean> = Promise.resolve(true);
  /** Its name until its maker gives it one. */
  readonly #untitled = m.campaigns_untitled({ time: fullDateTime(new Date().toISOString()) });

  id = $state<string | null>(null);
  /** The manager's approval, as last loaded. */
  stored = $state.raw<Campaign | null>(null);
  /** The workspace's own rules; null until they are known. */
  rules = $state.raw<SendingRules | null>(null);
  /** Whether this person has to ask a manager before it is launched. */
  readonly needsApproval: boolean = $derived.by(
    () => this.rules?.operatorsNeedApproval === true && !this.desk.can("campaigns:send"),
  );
  /** It is already scheduled: a change is saved only at the end, on request. */
  isScheduled = $state(false);
  draft = $state(newDraft(shownZone));
  segments = $state.raw<Segment[] | null>(null);
  step = $state<Step>("kind");
  /** Which variant is on the screen. */
  variant = $state(0);
  readonly visited = new SvelteSet<Step>();
  saving = $state<Saving>("nothing");
  problem = $state<string | null>(null);
  isLaunching = $state(false);

  readonly body = $derived(bodyOf(this.draft));
  readonly problems = $derived(stepProblems(this.draft, Date.now()));
  /** How long it takes from its first message to its last, as far as can be told. */
  readonly seconds: number | null = $derived.by(() => {
    const reach = this.reach.reach;
    if (reach === null) return null;
    return campaignSeconds({
      count: reach.count,
      planned: reach.funnel[0]?.count ?? 0,
      pagesSeconds: reach.lastsSeconds,
      speed: this.draft.speed,
      beginsSlowly: this.draft.options.canary !== false,
    });
  });
  readonly segment = $derived(this.segments?.find((one) => one.id === this.draft.audience.segmentId) ?? null);
  readonly closingQuestion = $derived(
    closingQuestion(this.draft, { seconds: this.seconds, segment: this.segment?.conditions ?? null }),
  );
  readonly closingWords: string | null = $derived.by(() => {
    const count = this.closing.reach?.count ?? 0;
    return count === 0 || this.seconds === null ? null : closingWords(count, this.seconds);
  });
  readonly isReady = $derived(Object.values(this.problems).every((list) => list.length === 0));
  readonly question = $derived(reachQuestion(this.draft));
  readonly audienceWords = $derived.by(() =>
    audienceWords(this.draft.audience, { pages: this.desk.pages, segments: this.segments }),
  );

  constructor(desk: Desk, campaign: Campaign | null, oncreated: (campaign: Campaign) => void) {
    this.desk = desk;
    this.#oncreated = oncreated;
    this.reach = new ReachCount(desk.workspaceId);
    this.closing = new ReachCount(desk.workspaceId);
    this.file = new FileContacts(desk, (found) => {
      this.draft.audience.file = found;
      void this.loadSegments();
    });
    if (campaign) {
      this.id = campaign.id;
      this.stored = campaign;
      this.isScheduled = campaign.status === "scheduled";
      this.draft = draftOf(campaign, shownZone);
      this.saving = "saved";
      // The approver sees all of it in one sentence first.
      if (campaign.approval?.state === "asked" && desk.can("campaigns:send")) this.step = "review";
    } else this.draft.name = this.#untitled;
    this.#saved = JSON.stringify(this.body);
    const kept = this.isScheduled ? null : keptDraft(this.#key, this.draft, this.#kept);
    if (kept) this.draft = kept;
  }

  /** The server's version that a kept draft is based on; none for a new one. */
  get #kept(): string {
    return this.id === null ? "" : this.#saved;
  }

  get #key(): string {
    return this.id ?? `new.${this.desk.workspaceId}`;
  }

  /** Hears what others decide of it; the returned function ends it. */
  listen(): () => void {
    return this.desk.campaignNews.listen((facts) => {
      if (this.id !== null && (facts === null || facts.campaignId === this.id)) void this.reload();
    });
  }

  /** Shows the server's version; fields that this person is editing stay. */
  async reload(): Promise<void> {
    if (this.id !== null) this.#put(await readDraft(this.desk.workspaceId, this.id));
  }

  #put(campaign: Campaign): void {
    // A late answer may be older than a later save.
    if (this.stored !== null && campaign.updatedAt <= this.stored.updatedAt) return;
    this.stored = campaign;
    if (this.saving !== "saved") return;
    this.draft = draftOf(campaign, shownZone);
    this.#saved = JSON.stringify(this.body);
  }

  async loadRules(): Promise<void> {
    this.rules = (await sendingRules.get(this.desk.workspaceId)).rules;
  }

  async loadSegments(): Promise<void> {
    this.segments = await segments.list(this.desk.workspaceId);
  }

  chooseKind(kind: CampaignKind): void {
    const { audience, variants } = this.draft;
    this.draft.kind = kind;
    if (kind === "private_reply") audience.way = "comments";
    else if (audience.way === "comments") audience.way = "all";
    for (const { content } of variants) {
      content.utility = kind === "utility" ? emptyUtility() : null;
    }
  }

  addVariant(): void {
    const { variants } = this.draft;
    const copied = variants[this.variant]?.content;
    if (!copied) return;
    variants.push({ weight: 0, content: contentDraft(contentOf(copied)), template: null });
    this.#shareEvenly();
    this.variant = variants.length - 1;
  }

  removeVariant(index: number): void {
    this.draft.variants = this.draft.variants.filter((_, at) => at !== index);
    this.variant = 0;
    this.#shareEvenly();
    if (this.draft.variants.length === 1) this.draft.split = null;
  }

  #shareEvenly(): void {
    const weights = evenWeights(this.draft.variants.length);
    for (const [index, variant] of this.draft.variants.entries()) variant.weight = weights[index] ?? 0;
  }

  /** Continues with the kept draft. */
  go(step: Step): void {
    this.visited.add(this.step);
    this.step = step;
    if (this.id === null) void this.save();
  }

  /** Its name is still the one it was given at the start. */
  get isUntitled(): boolean {
    return this.draft.name === this.#untitled;
  }

  get next(): Step | null {
    return STEPS[STEPS.indexOf(this.step) + 1] ?? null;
  }

  get previous(): Step | null {
    return STEPS[STEPS.indexOf(this.step) - 1] ?? null;
  }

  /** Called whenever the draft changed. */
  changed(): void {
    if (JSON.stringify(this.body) === this.#saved) return;
    this.saving = "unsaved";
    if (this.isScheduled) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), SAVE_AFTER_MS);
  }

  /** Before the page closes: keeps unsaved changes for the next visit. */
  keep(): void {
    if (!this.isScheduled && this.saving === "unsaved")
      keepDraft(this.#key, $state.snapshot(this.draft), this.#kept);
  }

  /** Saves pending changes, complete or not; true when the server has all of them. */
  save(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#saves = this.#saves.then(() => this.#save());
    return this.#saves;
  }

  async #save(): Promise<boolean> {
    const body = this.body;
    const text = JSON.stringify(body);
    if (text === this.#saved && this.id !== null) return true;
    const key = this.#key;
    if (!this.isScheduled) keepDraft(key, $state.snapshot(this.draft), this.#kept);
    const isUnfinished = !this.isReady;
    this.saving = "saving";
    try {
      await this.#store({
        ...body,
        name: body.name || (this.stored?.name ?? this.#untitled),
        ...(isUnfinished && !this.isScheduled ? { unfinished: true } : {}),
      });
      dropDraft(key);
      this.#saved = text;
      // The form knows more than the server takes, such as a quick reply without a title.
      if (isUnfinished) keepDraft(this.#key, $state.snapshot(this.draft), text);
      // Later input is saved next.
      this.saving = JSON.stringify(this.body) === text ? "saved" : "unsaved";
      this.problem = null;
      return true;
    } catch (error) {
      // Such as a share without a number: it is on its way to be one.
      const isRefused = error instanceof ApiError && error.status === 422;
      this.saving = isUnfinished && isRefused ? "here" : "failed";
      this.problem = isUnfinished && isRefused ? null : describeError(error);
      return false;
    }
  }

  async #store(body: CampaignBody): Promise<void> {
    const { workspaceId } = this.desk;
    if (this.id !== null) {
      this.stored = (await campaigns.change(workspaceId, this.id, body)).campaign;
      return;
    }
    const { campaign } = await campaigns.create(workspaceId, body);
    this.id = campaign.id;
    this.stored = campaign;
    this.#oncreated(campaign);
  }

  /** Saves it and asks the managers for their approval; whether that was done. */
  async askApproval(): Promise<boolean> {
    return (await this.#finish("ask-approval")) !== null;
  }

  /** Saves and launches; the launched campaign, or null with the reason in `problem`. */
  async launch(): Promise<Campaign | null> {
    return await this.#finish(this.isScheduled ? null : "launch");
  }

  async #finish(action: CampaignAction | null): Promise<Campaign | null> {
    this.isLaunching = true;
    try {
      if (!(await this.save()) || this.id === null) return null;
      const { workspaceId } = this.desk;
      const { campaign } =
        action === null
          ? await campaigns.get(workspaceId, this.id)
          : await campaigns.act(workspaceId, this.id, action);
      this.stored = campaign;
      this.problem = null;
      return campaign;
    } catch (error) {
      this.problem = describeError(error);
      return null;
    } finally {
      this.isLaunching = false;
    }
  }

  /** Whether there is anything to throw away. */
  get canDiscard(): boolean {
    return !this.isScheduled && this.saving !== "nothing";
  }

  /** Forgets the draft, here and at the server. */
  async discard(): Promise<boolean> {
    clearTimeout(this.#timer);
    await this.#saves;
    try {
      if (this.id !== null) await campaigns.remove(this.desk.workspaceId, this.id);
    } catch (error) {
      this.problem = describeError(error);
      return false;
    }
    dropDraft(this.#key);
    this.saving = "nothing";
    return true;
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (this.saving === "unsaved" && !this.isScheduled) void this.save();
    this.reach.stop();
    this.closing.stop();
    this.file.stop();
  }
}
