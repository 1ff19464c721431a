import type { Desk } from "../desk/desk.svelte.ts";
import { describeError } from "../api/request.ts";
import { messengerProfiles, type ProfileState } from "../api/messenger_profiles.ts";
import { draftProblem, profileDraft, profileOf } from "./profile_draft.ts";

const LOOK_EVERY_MS = 1_500;

/** A page's Messenger profile while it is edited, published and compared with Meta's. */
export class ProfileWork {
  readonly #desk: Desk;
  readonly #pageId: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  state = $state.raw() as ProfileState;
  draft = $state(profileDraft({ greeting: [], getStarted: null, iceBreakers: [], menu: [] }));
  doing = $state<"save" | "publish" | "compare" | null>(null);
  problem = $state<string | null>(null);

  constructor(desk: Desk, pageId: string, state: ProfileState) {
    this.#desk = desk;
    this.#pageId = pageId;
    this.state = state;
    this.draft = profileDraft(state.profile);
  }

  readonly body = $derived(profileOf(this.draft));
  readonly missing = $derived(draftProblem(this.draft));
  readonly isChanged = $derived(
    JSON.stringify(this.body) !== JSON.stringify(profileOf(profileDraft(this.state.profile))),
  );
  /** Whether there is something that people do not see yet. */
  readonly isAhead = $derived(
    this.isChanged || this.state.status === "draft" || this.state.status === "failed",
  );

  /** Looks again while Meta is being told; the returned function ends it. */
  start(): () => void {
    this.#lookAgain();
    return () => {
      this.#isOver = true;
      clearTimeout(this.#timer);
    };
  }

  async save(): Promise<boolean> {
    return await this.#try("save", () => this.#save());
  }

  /** Saves the changes and publishes them. */
  async publish({ replace }: { replace: boolean }): Promise<boolean> {
    return await this.#try("publish", async () => {
      if (this.isChanged || this.state.revision === 0) await this.#save();
      const { workspaceId } = this.#desk;
      const { revision } = this.state;
      this.#take(await messengerProfiles.publish(workspaceId, this.#pageId, { revision, replace }));
      this.#lookAgain();
    });
  }

  async compare(): Promise<boolean> {
    return await this.#try("compare", async () =>
      this.#take(await messengerProfiles.compare(this.#desk.workspaceId, this.#pageId)),
    );
  }

  /** Meta's profile becomes the draft. */
  takeOver(): void {
    if (this.state.atMeta) this.draft = profileDraft(this.state.atMeta);
  }

  async #save(): Promise<void> {
    const { workspaceId } = this.#desk;
    const body = { profile: this.body, revision: this.state.revision };
    this.#take(await messengerProfiles.save(workspaceId, this.#pageId, body));
    // Later input stays, and is not saved yet.
    if (JSON.stringify(this.body) === JSON.stringify(body.profile))
      this.draft = profileDraft(this.state.profile);
  }

  #take({ messengerProfile }: { messengerProfile: ProfileState }): void {
    this.state = messengerProfile;
  }

  #lookAgain(): void {
    clearTimeout(this.#timer);
    if (this.state.status === "publishing" && !this.#isOver)
      this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS);
  }

  async #look(): Promise<void> {
    try {
      const seen = await messengerProfiles.get(this.#desk.workspaceId, this.#pageId);
      // Changes of others make the next save fail; the progress of publishing is shown.
      if (seen.messengerProfile.revision === this.state.revision) this.#take(seen);
    } catch {
      // Looked at again soon.
    }
    this.#lookAgain();
  }

  async #try(doing: "save" | "publish" | "compare", work: () => Promise<void>): Promise<boolean> {
    if (this.doing !== null) return false;
    this.doing = doing;
    this.problem = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = describeError(error);
      // The state says if Meta's profile or another member's change caused the refusal.
      await this.#look();
      return false;
    } finally {
      this.doing = null;
    }
  }
}
