ALTER TABLE "messaging"."contents" ADD COLUMN "image_file_ids" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
CREATE INDEX "contents_images" ON "messaging"."contents" USING gin ("image_file_ids") WHERE "messaging"."contents"."image_file_ids" <> '{}';--> statement-breakpoint
ALTER TABLE "messaging"."media_files" ADD CONSTRAINT "media_files_file_key" UNIQUE("file_key");