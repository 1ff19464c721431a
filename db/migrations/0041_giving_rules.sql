CREATE TABLE "messaging"."giving_rules" (
	"workspace_id" uuid PRIMARY KEY NOT NULL,
	"how" text NOT NULL,
	"user_ids" uuid[] NOT NULL,
	"most_open" smallint,
	"last_user_id" uuid,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "giving_rules_how" CHECK ("messaging"."giving_rules"."how" in ('off', 'in_turn', 'fewest_open'))
);
--> statement-breakpoint
ALTER TABLE "messaging"."giving_rules" ADD CONSTRAINT "giving_rules_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "auth"."workspaces"("id") ON DELETE cascade ON UPDATE no action;