ALTER TABLE "messaging"."media_uploads" ALTER COLUMN "attachment_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "messaging"."media_uploads" ADD COLUMN "error" text;--> statement-breakpoint
ALTER TABLE "messaging"."media_uploads" ADD CONSTRAINT "media_uploads_outcome" CHECK (("messaging"."media_uploads"."attachment_id" is null) <> ("messaging"."media_uploads"."error" is null));