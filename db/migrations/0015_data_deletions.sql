CREATE TABLE "messaging"."data_deletions" (
	"code" text PRIMARY KEY NOT NULL,
	"pages" integer NOT NULL,
	"done_at" timestamp with time zone DEFAULT now() NOT NULL
);
