CREATE TABLE "messaging"."deleted_people" (
	"workspace_id" uuid NOT NULL,
	"page_id" uuid NOT NULL,
	"person_hash" text NOT NULL,
	"deleted_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "deleted_people_page_id_person_hash_pk" PRIMARY KEY("page_id","person_hash")
);
--> statement-breakpoint
ALTER TABLE "messaging"."deleted_people" ADD CONSTRAINT "deleted_people_workspace_id_page_id_pages_workspace_id_id_fk" FOREIGN KEY ("workspace_id","page_id") REFERENCES "messaging"."pages"("workspace_id","id") ON DELETE cascade ON UPDATE no action;