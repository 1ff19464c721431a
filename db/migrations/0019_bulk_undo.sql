CREATE TABLE "messaging"."contact_bulk_rows" (
	"transfer_id" uuid NOT NULL,
	"contact_id" uuid NOT NULL,
	"before" jsonb NOT NULL,
	CONSTRAINT "contact_bulk_rows_transfer_id_contact_id_pk" PRIMARY KEY("transfer_id","contact_id")
);
