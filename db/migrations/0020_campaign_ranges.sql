CREATE TABLE "messaging"."campaign_ranges" (
	"campaign_id" uuid NOT NULL,
	"after" uuid NOT NULL,
	"until" uuid,
	CONSTRAINT "campaign_ranges_campaign_id_after_pk" PRIMARY KEY("campaign_id","after")
);
--> statement-breakpoint
ALTER TABLE "messaging"."campaign_ranges" ADD CONSTRAINT "campaign_ranges_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "messaging"."campaigns"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
-- A plan that was under way goes on behind the last contact of its mark.
INSERT INTO "messaging"."campaign_ranges" ("campaign_id", "after", "until")
SELECT k."id", mark."id", lead(mark."id") OVER (PARTITION BY k."id" ORDER BY mark."id")
FROM "messaging"."campaigns" k CROSS JOIN LATERAL (
	SELECT k."planned_until" AS "id"
	UNION ALL
	SELECT "id" FROM (
		SELECT c."id", row_number() OVER (ORDER BY c."id") AS n FROM "messaging"."contacts" c
		WHERE c."workspace_id" = k."workspace_id" AND c."id" > k."planned_until") numbered
	WHERE n % 20000 = 0) mark
WHERE k."planned_at" IS NULL AND k."planned_until" IS NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."campaigns" DROP COLUMN "planned_until";