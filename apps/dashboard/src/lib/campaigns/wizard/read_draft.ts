import { ApiError } from "../../api/request.ts";
import { templates } from "../../api/templates.ts";
import { type Campaign, campaigns } from "../../api/campaigns.ts";

/** A campaign to go on with: beside each template that it names stands what that says now. */
export async function readDraft(workspaceId: string, campaignId: string): Promise<Campaign> {
  const { campaign } = await campaigns.get(workspaceId, campaignId);
  const variants = campaign.variants.map(async (variant) => {
    if (variant.content !== undefined || variant.templateId === undefined) return variant;
    try {
      const { template } = await templates.get(workspaceId, variant.templateId);
      return { ...variant, content: template.content };
    } catch (error) {
      // It was deleted: something else has to be written.
      if (error instanceof ApiError && error.status === 404) return { weight: variant.weight };
      throw error;
    }
  });
  return { ...campaign, variants: await Promise.all(variants) };
}
