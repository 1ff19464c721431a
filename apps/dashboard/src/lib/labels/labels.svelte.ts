import { describeError } from "../api/request.ts";
import { type CustomField, customFields, type Tag, tags } from "../api/labels.ts";

/** The tags and custom fields of a workspace, as one screen has read them. */
export class Labels {
  readonly workspaceId: string;
  tags = $state.raw<Tag[]>([]);
  fields = $state.raw<CustomField[]>([]);
  isLoaded = $state(false);
  problem = $state<string | null>(null);

  constructor(workspaceId: string) {
    this.workspaceId = workspaceId;
  }

  async load(): Promise<void> {
    this.problem = null;
    try {
      [this.tags, this.fields] = await Promise.all([
        tags.all(this.workspaceId),
        customFields.all(this.workspaceId),
      ]);
      this.isLoaded = true;
    } catch (error) {
      this.problem = describeError(error);
    }
  }

  tag(id: string): Tag | null {
    return this.tags.find((tag) => tag.id === id) ?? null;
  }

  put(tag: Tag): void {
    const others = this.tags.filter((one) => one.id !== tag.id);
    this.tags = [...others, tag].toSorted((left, right) => left.name.localeCompare(right.name));
  }

  putField(field: CustomField): void {
    const others = this.fields.filter((one) => one.id !== field.id);
    this.fields = [...others, field].toSorted((left, right) => left.key.localeCompare(right.key));
  }

  /** Takes away a tag or a field that is no longer there. */
  drop(id: string): void {
    this.tags = this.tags.filter((tag) => tag.id !== id);
    this.fields = this.fields.filter((field) => field.id !== id);
  }
}
