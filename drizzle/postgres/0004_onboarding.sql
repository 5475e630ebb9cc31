CREATE TABLE "audit_entry" (
	"tenant_id" text collate "C" NOT NULL,
	"seq" bigint NOT NULL,
	"at" bigint NOT NULL,
	"actor" text collate "C" NOT NULL,
	"action" text collate "C" NOT NULL,
	"subject" text collate "C",
	"outcome" text collate "C" NOT NULL,
	"previous_hash" text collate "C" NOT NULL,
	"hash" text collate "C" NOT NULL,
	CONSTRAINT "audit_entry_tenant_id_seq_pk" PRIMARY KEY("tenant_id","seq")
);
--> statement-breakpoint
CREATE TABLE "audit_head" (
	"tenant_id" text collate "C" NOT NULL,
	"seq" bigint NOT NULL,
	"hash" text collate "C" NOT NULL,
	CONSTRAINT "audit_head_tenant_id_pk" PRIMARY KEY("tenant_id")
);
--> statement-breakpoint
CREATE TABLE "client_certificate" (
	"fingerprint" text collate "C" NOT NULL,
	"tenant_id" text collate "C" NOT NULL,
	"serial_number" text collate "C" NOT NULL,
	"pem" text collate "C" NOT NULL,
	"not_before" bigint NOT NULL,
	"not_after" bigint NOT NULL,
	"revoked_at" bigint,
	CONSTRAINT "client_certificate_fingerprint_pk" PRIMARY KEY("fingerprint")
);
--> statement-breakpoint
CREATE TABLE "operator" (
	"id" text collate "C" NOT NULL,
	"key_id" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"hash" text collate "C" NOT NULL,
	"created_at" bigint NOT NULL,
	"revoked_at" bigint,
	CONSTRAINT "operator_id_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "status" text collate "C" NOT NULL DEFAULT 'VERIFIED';--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "email" text collate "C";--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "products" text NOT NULL DEFAULT '["AIS","KYC"]';--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "requested_products" text NOT NULL DEFAULT '["AIS","KYC"]';--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "sandbox_tenant_id" text collate "C";--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "certificate_request" text collate "C";--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "allowed_addresses" text NOT NULL DEFAULT '[]';--> statement-breakpoint
ALTER TABLE "client_certificate" ADD CONSTRAINT "client_certificate_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "client_certificate_tenant" ON "client_certificate" USING btree ("tenant_id","not_before");--> statement-breakpoint
CREATE UNIQUE INDEX "operator_key" ON "operator" USING btree ("key_id");--> statement-breakpoint
CREATE INDEX "bank_grant_opening" ON "bank_grant" USING btree ("created_at") WHERE status = 'OPENING';--> statement-breakpoint
CREATE INDEX "tenant_status" ON "tenant" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "tenant_sandbox" ON "tenant" USING btree ("sandbox_tenant_id");--> statement-breakpoint
CREATE FUNCTION "audit_entry_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE ON "audit_entry" FOR EACH ROW EXECUTE FUNCTION "audit_entry_append_only"();
--> statement-breakpoint
CREATE TRIGGER "audit_entry_no_truncate" BEFORE TRUNCATE ON "audit_entry" FOR EACH STATEMENT EXECUTE FUNCTION "audit_entry_append_only"();
