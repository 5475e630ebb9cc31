-- Edited by hand after drizzle-kit, which cannot say it: bank_transaction is hash-partitioned by user_id from the start.
CREATE TABLE "account" (
	"id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"consent_id" text collate "C" NOT NULL,
	"bank_id" text collate "C" NOT NULL,
	"resource_id" text collate "C" NOT NULL,
	"connector_data" text collate "C",
	"name" text collate "C" NOT NULL,
	"owner_name" text collate "C",
	"type" text collate "C" NOT NULL,
	"product" text collate "C",
	"status" text collate "C" NOT NULL,
	"currency" text collate "C",
	"iban" text collate "C",
	"bban" text collate "C",
	"sort_code" text collate "C",
	"account_number" text collate "C",
	"masked_pan" text collate "C",
	"bic" text collate "C",
	"coverage" text NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "account_id_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "api_key" (
	"key_id" text collate "C" NOT NULL,
	"tenant_id" text collate "C" NOT NULL,
	"hash" text collate "C" NOT NULL,
	"created_at" bigint NOT NULL,
	"revoked_at" bigint,
	CONSTRAINT "api_key_key_id_pk" PRIMARY KEY("key_id")
);
--> statement-breakpoint
CREATE TABLE "authorization_attempt" (
	"id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"consent_id" text collate "C" NOT NULL,
	"grant_id" text collate "C" NOT NULL,
	"bank_id" text collate "C" NOT NULL,
	"state_hash" text collate "C" NOT NULL,
	"sealed" text collate "C" NOT NULL,
	"redirect_url" text collate "C" NOT NULL,
	"status" text collate "C" NOT NULL,
	"expires_at" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"returned_at" bigint,
	"finished_at" bigint,
	CONSTRAINT "authorization_attempt_id_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "balance" (
	"user_id" text collate "C" NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"position" bigint NOT NULL,
	"type" text collate "C" NOT NULL,
	"amount" text collate "C" NOT NULL,
	"currency" text collate "C" NOT NULL,
	"credit_limit_included" boolean,
	"reference_date" text collate "C",
	"fetched_at" bigint NOT NULL,
	CONSTRAINT "balance_account_id_position_pk" PRIMARY KEY("account_id","position")
);
--> statement-breakpoint
CREATE TABLE "bank_call" (
	"user_id" text collate "C" NOT NULL,
	"grant_id" text collate "C" NOT NULL,
	"consent_id" text collate "C" NOT NULL,
	"account_id" text collate "C" NOT NULL,
	"endpoint" text collate "C" NOT NULL,
	"at" bigint NOT NULL,
	"attended" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bank_grant" (
	"id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"consent_id" text collate "C" NOT NULL,
	"status" text collate "C" NOT NULL,
	"sealed_handle" text collate "C",
	"access_expires_at" bigint,
	"valid_until" bigint,
	"authorized_at" bigint,
	"refresh_owner" text collate "C",
	"refresh_until" bigint,
	"created_at" bigint NOT NULL,
	"ended_at" bigint,
	CONSTRAINT "bank_grant_id_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "bank_transaction" (
	"account_id" text collate "C" NOT NULL,
	"date" text collate "C" NOT NULL,
	"id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"consent_id" text collate "C" NOT NULL,
	"status" text collate "C" NOT NULL,
	"amount" text collate "C" NOT NULL,
	"currency" text collate "C" NOT NULL,
	"amount_key" text collate "C" NOT NULL,
	"booking_date" text collate "C",
	"value_date" text collate "C",
	"transaction_date" text collate "C",
	"description" text collate "C" NOT NULL,
	"counterparty_name" text collate "C",
	"counterparty_iban" text collate "C",
	"counterparty_account" text collate "C",
	"counterparty_bic" text collate "C",
	"remittance" text NOT NULL,
	"structured_reference" text collate "C",
	"bank_transaction_code" text collate "C",
	"merchant_category_code" text collate "C",
	"end_to_end_id" text collate "C",
	"mandate_id" text collate "C",
	"exchange_amount" text collate "C",
	"exchange_currency" text collate "C",
	"exchange_rate" text collate "C",
	"balance_after_amount" text collate "C",
	"balance_after_currency" text collate "C",
	"bank_transaction_id" text collate "C",
	"entry_reference" text collate "C",
	"void_reason" text collate "C",
	"revision" bigint NOT NULL,
	"first_seen_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	"matched_by" text collate "C" NOT NULL,
	"aliases" text NOT NULL,
	"missed_fetches" bigint NOT NULL,
	"missed_on" text collate "C",
	"search_text" text collate "C" NOT NULL,
	CONSTRAINT "bank_transaction_id_user_id_pk" PRIMARY KEY("id","user_id")
) PARTITION BY HASH ("user_id");
--> statement-breakpoint
DO $$ BEGIN
	FOR n IN 0..63 LOOP
		EXECUTE format('CREATE TABLE %I PARTITION OF "bank_transaction" FOR VALUES WITH (MODULUS 64, REMAINDER %s)', 'bank_transaction_' || lpad(n::text, 2, '0'), n);
	END LOOP;
END $$;
--> statement-breakpoint
CREATE TABLE "change_log" (
	"user_id" text collate "C" NOT NULL,
	"seq" bigint NOT NULL,
	"at" bigint NOT NULL,
	"type" text collate "C" NOT NULL,
	"subject_id" text collate "C" NOT NULL,
	"consent_id" text collate "C",
	"account_id" text collate "C",
	"update_id" text collate "C",
	"reason" text collate "C",
	"merged_into" text collate "C",
	CONSTRAINT "change_log_user_id_seq_pk" PRIMARY KEY("user_id","seq")
);
--> statement-breakpoint
CREATE TABLE "consent" (
	"id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"tenant_id" text collate "C" NOT NULL,
	"bank_id" text collate "C" NOT NULL,
	"status" text collate "C" NOT NULL,
	"status_reason" text collate "C",
	"status_changed_at" bigint NOT NULL,
	"attention" text collate "C" NOT NULL,
	"scopes" text NOT NULL,
	"psu_type" text collate "C" NOT NULL,
	"redirect_url" text collate "C" NOT NULL,
	"given_at" bigint,
	"valid_until" bigint,
	"current_grant_id" text collate "C",
	"start_update" boolean NOT NULL,
	"times_per_day" bigint NOT NULL,
	"next_run_at" bigint,
	"idempotency_key" text collate "C",
	"created_at" bigint NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "consent_id_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "consent_key" (
	"consent_id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"wrapped_key" text collate "C" NOT NULL,
	CONSTRAINT "consent_key_consent_id_pk" PRIMARY KEY("consent_id")
);
--> statement-breakpoint
CREATE TABLE "hub_update" (
	"id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"tenant_id" text collate "C" NOT NULL,
	"consent_id" text collate "C" NOT NULL,
	"status" text collate "C" NOT NULL,
	"trigger" text collate "C" NOT NULL,
	"sequence" bigint NOT NULL,
	"epoch" bigint NOT NULL,
	"attempt" bigint NOT NULL,
	"retries" bigint NOT NULL,
	"lease_until" bigint,
	"accounts_total" bigint,
	"accounts_done" bigint NOT NULL,
	"transactions_seen" bigint NOT NULL,
	"added" bigint NOT NULL,
	"modified" bigint NOT NULL,
	"removed" bigint NOT NULL,
	"progress_permille" bigint,
	"error" text,
	"wait_reason" text collate "C",
	"next_attempt_at" bigint,
	"callback_url" text collate "C",
	"psu_context" text,
	"idempotency_key" text collate "C",
	"first_change_seq" bigint,
	"last_change_seq" bigint,
	"created_at" bigint NOT NULL,
	"started_at" bigint,
	"finished_at" bigint,
	CONSTRAINT "hub_update_id_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "hub_user" (
	"id" text collate "C" NOT NULL,
	"tenant_id" text collate "C" NOT NULL,
	"client_id" text collate "C",
	"created_at" bigint NOT NULL,
	"change_seq" bigint NOT NULL,
	CONSTRAINT "hub_user_id_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "identity" (
	"user_id" text collate "C" NOT NULL,
	"consent_id" text collate "C" NOT NULL,
	"bank_id" text collate "C" NOT NULL,
	"position" bigint NOT NULL,
	"full_name" text collate "C" NOT NULL,
	"birth_date" text collate "C",
	"addresses" text NOT NULL,
	"emails" text NOT NULL,
	"phones" text NOT NULL,
	"account_ids" text NOT NULL,
	"fetched_at" bigint NOT NULL,
	CONSTRAINT "identity_consent_id_position_pk" PRIMARY KEY("consent_id","position")
);
--> statement-breakpoint
CREATE TABLE "job" (
	"id" text collate "C" NOT NULL,
	"queue" text collate "C" NOT NULL,
	"key" text collate "C",
	"group_key" text collate "C",
	"consent_id" text collate "C",
	"payload" text collate "C" NOT NULL,
	"run_at" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"lease_owner" text collate "C",
	"lease_until" bigint,
	CONSTRAINT "job_id_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "quarantine" (
	"user_id" text collate "C" NOT NULL,
	"consent_id" text collate "C" NOT NULL,
	"update_id" text collate "C" NOT NULL,
	"account_id" text collate "C",
	"reason" text collate "C" NOT NULL,
	"sealed_raw" text collate "C" NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "seen_slice" (
	"user_id" text collate "C" NOT NULL,
	"consent_id" text collate "C" NOT NULL,
	"update_id" text collate "C" NOT NULL,
	"position" bigint NOT NULL,
	"page" bigint NOT NULL,
	"slice" bigint NOT NULL,
	"date_from" text collate "C" NOT NULL,
	"date_to" text collate "C" NOT NULL,
	"cursor" text collate "C",
	"digest" text collate "C" NOT NULL,
	"ids" text NOT NULL,
	"stale_ids" text NOT NULL,
	CONSTRAINT "seen_slice_update_id_position_page_slice_pk" PRIMARY KEY("update_id","position","page","slice")
);
--> statement-breakpoint
CREATE TABLE "setting" (
	"name" text collate "C" NOT NULL,
	"value" text collate "C" NOT NULL,
	CONSTRAINT "setting_name_pk" PRIMARY KEY("name")
);
--> statement-breakpoint
CREATE TABLE "tenant" (
	"id" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"environment" text collate "C" NOT NULL,
	"redirect_urls" text NOT NULL,
	"update_callback_urls" text NOT NULL,
	"callback_secret_sealed" text collate "C" NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "tenant_id_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "update_step" (
	"user_id" text collate "C" NOT NULL,
	"update_id" text collate "C" NOT NULL,
	"position" bigint NOT NULL,
	"kind" text collate "C" NOT NULL,
	"account_id" text collate "C",
	"scope" text collate "C" NOT NULL,
	"status" text collate "C" NOT NULL,
	"window_from" text collate "C",
	"window_to" text collate "C",
	"covered_from" text collate "C",
	"covered_to" text collate "C",
	"cursor" text collate "C",
	"pages" bigint NOT NULL,
	"seen" bigint NOT NULL,
	"quarantined" bigint NOT NULL,
	"error" text,
	CONSTRAINT "update_step_update_id_position_pk" PRIMARY KEY("update_id","position")
);
--> statement-breakpoint
ALTER TABLE "account" ADD CONSTRAINT "account_consent_fk" FOREIGN KEY ("consent_id") REFERENCES "consent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_attempt" ADD CONSTRAINT "authorization_attempt_consent_fk" FOREIGN KEY ("consent_id") REFERENCES "consent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "balance" ADD CONSTRAINT "balance_account_fk" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_call" ADD CONSTRAINT "bank_call_consent_fk" FOREIGN KEY ("consent_id") REFERENCES "consent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_grant" ADD CONSTRAINT "bank_grant_consent_fk" FOREIGN KEY ("consent_id") REFERENCES "consent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consent" ADD CONSTRAINT "consent_user_fk" FOREIGN KEY ("user_id") REFERENCES "hub_user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consent_key" ADD CONSTRAINT "consent_key_consent_fk" FOREIGN KEY ("consent_id") REFERENCES "consent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hub_update" ADD CONSTRAINT "hub_update_consent_fk" FOREIGN KEY ("consent_id") REFERENCES "consent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "hub_user" ADD CONSTRAINT "hub_user_tenant_fk" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity" ADD CONSTRAINT "identity_consent_fk" FOREIGN KEY ("consent_id") REFERENCES "consent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quarantine" ADD CONSTRAINT "quarantine_consent_fk" FOREIGN KEY ("consent_id") REFERENCES "consent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "seen_slice" ADD CONSTRAINT "seen_slice_update_fk" FOREIGN KEY ("update_id") REFERENCES "hub_update"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "update_step" ADD CONSTRAINT "update_step_update_fk" FOREIGN KEY ("update_id") REFERENCES "hub_update"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_user" ON "account" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "account_consent" ON "account" USING btree ("consent_id","id");--> statement-breakpoint
CREATE INDEX "api_key_tenant" ON "api_key" USING btree ("tenant_id","key_id");--> statement-breakpoint
CREATE INDEX "authorization_attempt_consent" ON "authorization_attempt" USING btree ("consent_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "authorization_attempt_state" ON "authorization_attempt" USING btree ("state_hash");--> statement-breakpoint
CREATE INDEX "authorization_attempt_open" ON "authorization_attempt" USING btree ("expires_at") WHERE status = 'OPEN';--> statement-breakpoint
CREATE INDEX "bank_call_grant" ON "bank_call" USING btree ("grant_id","at");--> statement-breakpoint
CREATE INDEX "bank_call_consent" ON "bank_call" USING btree ("consent_id","at");--> statement-breakpoint
CREATE INDEX "bank_grant_consent" ON "bank_grant" USING btree ("consent_id","id");--> statement-breakpoint
CREATE INDEX "bank_transaction_account" ON "bank_transaction" USING btree ("user_id","account_id","date","id");--> statement-breakpoint
CREATE INDEX "bank_transaction_user" ON "bank_transaction" USING btree ("user_id","date","id");--> statement-breakpoint
CREATE INDEX "bank_transaction_pending" ON "bank_transaction" USING btree ("account_id","date") WHERE status = 'PENDING';--> statement-breakpoint
CREATE INDEX "consent_user" ON "consent" USING btree ("user_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "consent_idempotency" ON "consent" USING btree ("user_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "consent_ending" ON "consent" USING btree ("valid_until") WHERE status = 'GIVEN';--> statement-breakpoint
CREATE INDEX "consent_due" ON "consent" USING btree ("next_run_at") WHERE status = 'GIVEN' and times_per_day > 0;--> statement-breakpoint
CREATE INDEX "hub_update_consent" ON "hub_update" USING btree ("consent_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "hub_update_idempotency" ON "hub_update" USING btree ("consent_id","idempotency_key");--> statement-breakpoint
CREATE UNIQUE INDEX "hub_update_active" ON "hub_update" USING btree ("consent_id") WHERE status in ('QUEUED', 'RUNNING', 'WAITING');--> statement-breakpoint
CREATE INDEX "hub_user_tenant" ON "hub_user" USING btree ("tenant_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "hub_user_client_id" ON "hub_user" USING btree ("tenant_id","client_id");--> statement-breakpoint
CREATE INDEX "identity_user" ON "identity" USING btree ("user_id","consent_id","position");--> statement-breakpoint
CREATE INDEX "job_due" ON "job" USING btree ("queue","run_at");--> statement-breakpoint
CREATE UNIQUE INDEX "job_waiting_key" ON "job" USING btree ("queue","key") WHERE lease_owner is null;--> statement-breakpoint
CREATE INDEX "job_group" ON "job" USING btree ("group_key","run_at");--> statement-breakpoint
CREATE INDEX "job_consent" ON "job" USING btree ("consent_id");--> statement-breakpoint
CREATE INDEX "quarantine_consent" ON "quarantine" USING btree ("consent_id");--> statement-breakpoint
CREATE INDEX "seen_slice_consent" ON "seen_slice" USING btree ("consent_id");