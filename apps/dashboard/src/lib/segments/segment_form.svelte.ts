import { language } from "#lib/ui/language.ts";
import { conditionStatusNames, engagementNames } from "./choice_names.ts";
import { builtInSubjects, type Subject, subjectsWith } from "./condition_subjects.ts";
import {
  campaignsIn,
  conditionsOf,
  draftOf,
  draftProblem,
  type GroupDraft,
  newCondition,
  newGroup,
} from "./conditions_draft.ts";
import { campaignChoices } from "./campaign_choices.ts";
import { type Conditions, segments } from "../api/segments.ts";
import type { Desk } from "../desk/desk.svelte.ts";
import type { ListedContact } from "../api/types.ts";
import { type CustomField, customFields, type Tag, tags as allTags } from "../api/labels.ts";
import { describeError } from "../api/request.ts";
import { sources, sourceWords } from "../ui/source_words.ts";

const WAIT_MS = 250;

export interface Choice {
  value: string;
  name: string;
}

/** The builder: what may be chosen, the conditions as they stand, and who meets them now. */
export class SegmentForm {
  tree = $state<GroupDraft>(newGroup([]));
  tags = $state.raw<Tag[]>([]);
  fields = $state.raw<CustomField[]>([]);
  campaigns = $state.raw<Choice[]>([]);
  count = $state.raw<number | null>(null);
  people = $state.raw<ListedContact[]>([]);
  isCounting = $state(false);
  problem = $state<string | null>(null);

  readonly subjects: Subject[] = $derived(subjectsWith(this.fields));
  readonly missing = $derived(draftProblem(this.subjects, this.tree));
  readonly conditions: Conditions | null = $derived(conditionsOf(this.subjects, this.tree));
  readonly #desk: Desk;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;

  constructor(desk: Desk, saved: Conditions | null) {
    this.#desk = desk;
    const first = builtInSubjects.find((one) => one.key === "window");
    this.tree = saved ? draftOf(saved) : newGroup(first ? [newCondition(first)] : []);
  }

  /** The choices of a condition. */
  choicesOf(subject: string): Choice[] {
    const [field, fieldId] = subject.split(":");
    if (fieldId !== undefined) {
      const options = this.fields.find((one) => one.id === fieldId)?.options ?? [];
      return options.map((value) => ({ value, name: value }));
    }
    switch (field) {
      case "tags":
        return this.tags.map((tag) => ({ value: tag.id, name: tag.name }));
      case "page":
        return (this.#desk.pages ?? []).map((page) => ({ value: page.id, name: page.name }));
      case "assigned":
        return this.#desk.members.map((member) => ({ value: member.id, name: member.name }));
      case "campaign":
        return this.campaigns;
      case "engagement":
        return engagementNames;
      case "conversation":
        return conditionStatusNames;
      case "source":
        return sources.map((value) => ({ value, name: sourceWords(value) }));
      case "locale":
        return localeChoices();
      default:
        return [];
    }
  }

  async load(): Promise<void> {
    const { workspaceId } = this.#desk;
    try {
      [this.tags, this.fields, this.campaigns] = await Promise.all([
        allTags.all(workspaceId),
        customFields.all(workspaceId),
        this.#desk.can("campaigns:read") ? campaignChoices(workspaceId, campaignsIn(this.tree)) : [],
      ]);
    } catch (error) {
      this.problem = describeError(error);
    }
  }

  /** Asks who meets the conditions, a moment after the last change. */
  ask(conditions: Conditions | null): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    if (conditions === null) {
      this.count = null;
      this.isCounting = false;
      return;
    }
    this.isCounting = true;
    this.#timer = setTimeout(() => void this.#ask(conditions), WAIT_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  async #ask(conditions: Conditions): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const [{ count }, { items }] = await Promise.all([
        segments.count(this.#desk.workspaceId, conditions, asking.signal),
        segments.preview(this.#desk.workspaceId, conditions, asking.signal),
      ]);
      this.count = count;
      this.people = items;
      this.problem = null;
    } catch (error) {
      if (asking.signal.aborted) return;
      this.count = null;
      this.problem = describeError(error);
    }
    if (this.#asking === asking) this.isCounting = false;
  }
}

const locales =
  "ar_AR cs_CZ da_DK de_DE el_GR en_GB en_US es_ES es_LA fi_FI fr_FR he_IL hi_IN hu_HU id_ID it_IT ja_JP ko_KR nb_NO nl_NL pl_PL pt_BR pt_PT ro_RO ru_RU sv_SE th_TH tl_PH tr_TR uk_UA vi_VN zh_CN zh_TW";

function localeChoices(): Choice[] {
  const names = new Intl.DisplayNames(language, { type: "language" });
  return locales.split(" ").map((value) => ({
    value,
    name: names.of(value.replace("_", "-").replace("es-LA", "es-419")) ?? value,
  }));
}
