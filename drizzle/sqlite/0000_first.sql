-- Edited by hand after drizzle-kit, which cannot say it: WITHOUT ROWID and the descending keys of bank_transaction, WITHOUT ROWID of change_log.
CREATE TABLE `account` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`consent_id` text NOT NULL,
	`bank_id` text NOT NULL,
	`resource_id` text NOT NULL,
	`connector_data` text,
	`name` text NOT NULL,
	`owner_name` text,
	`type` text NOT NULL,
	`product` text,
	`status` text NOT NULL,
	`currency` text,
	`iban` text,
	`bban` text,
	`sort_code` text,
	`account_number` text,
	`masked_pan` text,
	`bic` text,
	`coverage` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`consent_id`) REFERENCES `consent`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `account_user` ON `account` (`user_id`,`id`);--> statement-breakpoint
CREATE INDEX `account_consent` ON `account` (`consent_id`,`id`);--> statement-breakpoint
CREATE TABLE `api_key` (
	`key_id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenant`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `api_key_tenant` ON `api_key` (`tenant_id`,`key_id`);--> statement-breakpoint
CREATE TABLE `authorization_attempt` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`consent_id` text NOT NULL,
	`grant_id` text NOT NULL,
	`bank_id` text NOT NULL,
	`state_hash` text NOT NULL,
	`sealed` text NOT NULL,
	`redirect_url` text NOT NULL,
	`status` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`returned_at` integer,
	`finished_at` integer,
	FOREIGN KEY (`consent_id`) REFERENCES `consent`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `authorization_attempt_consent` ON `authorization_attempt` (`consent_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `authorization_attempt_state` ON `authorization_attempt` (`state_hash`);--> statement-breakpoint
CREATE INDEX `authorization_attempt_open` ON `authorization_attempt` (`expires_at`) WHERE status = 'OPEN';--> statement-breakpoint
CREATE TABLE `balance` (
	`user_id` text NOT NULL,
	`account_id` text NOT NULL,
	`position` integer NOT NULL,
	`type` text NOT NULL,
	`amount` text NOT NULL,
	`currency` text NOT NULL,
	`credit_limit_included` integer,
	`reference_date` text,
	`fetched_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `position`),
	FOREIGN KEY (`account_id`) REFERENCES `account`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `bank_call` (
	`user_id` text NOT NULL,
	`grant_id` text NOT NULL,
	`consent_id` text NOT NULL,
	`account_id` text NOT NULL,
	`endpoint` text NOT NULL,
	`at` integer NOT NULL,
	`attended` integer NOT NULL,
	FOREIGN KEY (`consent_id`) REFERENCES `consent`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `bank_call_grant` ON `bank_call` (`grant_id`,`at`);--> statement-breakpoint
CREATE INDEX `bank_call_consent` ON `bank_call` (`consent_id`,`at`);--> statement-breakpoint
CREATE TABLE `bank_grant` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`consent_id` text NOT NULL,
	`status` text NOT NULL,
	`sealed_handle` text,
	`access_expires_at` integer,
	`valid_until` integer,
	`authorized_at` integer,
	`refresh_owner` text,
	`refresh_until` integer,
	`created_at` integer NOT NULL,
	`ended_at` integer,
	FOREIGN KEY (`consent_id`) REFERENCES `consent`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `bank_grant_consent` ON `bank_grant` (`consent_id`,`id`);--> statement-breakpoint
CREATE TABLE `bank_transaction` (
	`account_id` text NOT NULL,
	`date` text NOT NULL,
	`id` text NOT NULL,
	`user_id` text NOT NULL,
	`consent_id` text NOT NULL,
	`status` text NOT NULL,
	`amount` text NOT NULL,
	`currency` text NOT NULL,
	`amount_key` text NOT NULL,
	`booking_date` text,
	`value_date` text,
	`transaction_date` text,
	`description` text NOT NULL,
	`counterparty_name` text,
	`counterparty_iban` text,
	`counterparty_account` text,
	`counterparty_bic` text,
	`remittance` text NOT NULL,
	`structured_reference` text,
	`bank_transaction_code` text,
	`merchant_category_code` text,
	`end_to_end_id` text,
	`mandate_id` text,
	`exchange_amount` text,
	`exchange_currency` text,
	`exchange_rate` text,
	`balance_after_amount` text,
	`balance_after_currency` text,
	`bank_transaction_id` text,
	`entry_reference` text,
	`void_reason` text,
	`revision` integer NOT NULL,
	`first_seen_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`matched_by` text NOT NULL,
	`aliases` text NOT NULL,
	`missed_fetches` integer NOT NULL,
	`missed_on` text,
	`search_text` text NOT NULL,
	PRIMARY KEY(`account_id`, `date` DESC, `id` DESC)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `bank_transaction_id` ON `bank_transaction` (`id`);--> statement-breakpoint
CREATE INDEX `bank_transaction_user` ON `bank_transaction` (`user_id`,`date` DESC,`id` DESC);--> statement-breakpoint
CREATE INDEX `bank_transaction_pending` ON `bank_transaction` (`account_id`,`date`) WHERE status = 'PENDING';--> statement-breakpoint
CREATE TABLE `change_log` (
	`user_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`subject_id` text NOT NULL,
	`consent_id` text,
	`account_id` text,
	`update_id` text,
	`reason` text,
	`merged_into` text,
	PRIMARY KEY(`user_id`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `consent` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`bank_id` text NOT NULL,
	`status` text NOT NULL,
	`status_reason` text,
	`status_changed_at` integer NOT NULL,
	`attention` text NOT NULL,
	`scopes` text NOT NULL,
	`psu_type` text NOT NULL,
	`redirect_url` text NOT NULL,
	`given_at` integer,
	`valid_until` integer,
	`current_grant_id` text,
	`start_update` integer NOT NULL,
	`times_per_day` integer NOT NULL,
	`next_run_at` integer,
	`idempotency_key` text,
	`created_at` integer NOT NULL,
	`version` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `hub_user`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `consent_user` ON `consent` (`user_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `consent_idempotency` ON `consent` (`user_id`,`idempotency_key`);--> statement-breakpoint
CREATE INDEX `consent_ending` ON `consent` (`valid_until`) WHERE status = 'GIVEN';--> statement-breakpoint
CREATE INDEX `consent_due` ON `consent` (`next_run_at`) WHERE status = 'GIVEN' and times_per_day > 0;--> statement-breakpoint
CREATE TABLE `consent_key` (
	`consent_id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`wrapped_key` text NOT NULL,
	FOREIGN KEY (`consent_id`) REFERENCES `consent`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `hub_update` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`consent_id` text NOT NULL,
	`status` text NOT NULL,
	`trigger` text NOT NULL,
	`sequence` integer NOT NULL,
	`epoch` integer NOT NULL,
	`attempt` integer NOT NULL,
	`retries` integer NOT NULL,
	`lease_until` integer,
	`accounts_total` integer,
	`accounts_done` integer NOT NULL,
	`transactions_seen` integer NOT NULL,
	`added` integer NOT NULL,
	`modified` integer NOT NULL,
	`removed` integer NOT NULL,
	`progress_permille` integer,
	`error` text,
	`wait_reason` text,
	`next_attempt_at` integer,
	`callback_url` text,
	`psu_context` text,
	`idempotency_key` text,
	`first_change_seq` integer,
	`last_change_seq` integer,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	FOREIGN KEY (`consent_id`) REFERENCES `consent`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `hub_update_consent` ON `hub_update` (`consent_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `hub_update_idempotency` ON `hub_update` (`consent_id`,`idempotency_key`);--> statement-breakpoint
CREATE UNIQUE INDEX `hub_update_active` ON `hub_update` (`consent_id`) WHERE status in ('QUEUED', 'RUNNING', 'WAITING');--> statement-breakpoint
CREATE TABLE `hub_user` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`client_id` text,
	`created_at` integer NOT NULL,
	`change_seq` integer NOT NULL,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenant`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `hub_user_tenant` ON `hub_user` (`tenant_id`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `hub_user_client_id` ON `hub_user` (`tenant_id`,`client_id`);--> statement-breakpoint
CREATE TABLE `identity` (
	`user_id` text NOT NULL,
	`consent_id` text NOT NULL,
	`bank_id` text NOT NULL,
	`position` integer NOT NULL,
	`full_name` text NOT NULL,
	`birth_date` text,
	`addresses` text NOT NULL,
	`emails` text NOT NULL,
	`phones` text NOT NULL,
	`account_ids` text NOT NULL,
	`fetched_at` integer NOT NULL,
	PRIMARY KEY(`consent_id`, `position`),
	FOREIGN KEY (`consent_id`) REFERENCES `consent`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `identity_user` ON `identity` (`user_id`,`consent_id`,`position`);--> statement-breakpoint
CREATE TABLE `job` (
	`id` text PRIMARY KEY NOT NULL,
	`queue` text NOT NULL,
	`key` text,
	`group_key` text,
	`consent_id` text,
	`payload` text NOT NULL,
	`run_at` integer NOT NULL,
	`attempts` integer NOT NULL,
	`created_at` integer NOT NULL,
	`lease_owner` text,
	`lease_until` integer
);
--> statement-breakpoint
CREATE INDEX `job_due` ON `job` (`queue`,`run_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `job_waiting_key` ON `job` (`queue`,`key`) WHERE lease_owner is null;--> statement-breakpoint
CREATE INDEX `job_group` ON `job` (`group_key`,`run_at`);--> statement-breakpoint
CREATE INDEX `job_consent` ON `job` (`consent_id`);--> statement-breakpoint
CREATE TABLE `quarantine` (
	`user_id` text NOT NULL,
	`consent_id` text NOT NULL,
	`update_id` text NOT NULL,
	`account_id` text,
	`reason` text NOT NULL,
	`sealed_raw` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`consent_id`) REFERENCES `consent`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `quarantine_consent` ON `quarantine` (`consent_id`);--> statement-breakpoint
CREATE TABLE `seen_slice` (
	`user_id` text NOT NULL,
	`consent_id` text NOT NULL,
	`update_id` text NOT NULL,
	`position` integer NOT NULL,
	`page` integer NOT NULL,
	`slice` integer NOT NULL,
	`date_from` text NOT NULL,
	`date_to` text NOT NULL,
	`cursor` text,
	`digest` text NOT NULL,
	`ids` text NOT NULL,
	`stale_ids` text NOT NULL,
	PRIMARY KEY(`update_id`, `position`, `page`, `slice`),
	FOREIGN KEY (`update_id`) REFERENCES `hub_update`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `seen_slice_consent` ON `seen_slice` (`consent_id`);--> statement-breakpoint
CREATE TABLE `setting` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `tenant` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`environment` text NOT NULL,
	`redirect_urls` text NOT NULL,
	`update_callback_urls` text NOT NULL,
	`callback_secret_sealed` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `update_step` (
	`user_id` text NOT NULL,
	`update_id` text NOT NULL,
	`position` integer NOT NULL,
	`kind` text NOT NULL,
	`account_id` text,
	`scope` text NOT NULL,
	`status` text NOT NULL,
	`window_from` text,
	`window_to` text,
	`covered_from` text,
	`covered_to` text,
	`cursor` text,
	`pages` integer NOT NULL,
	`seen` integer NOT NULL,
	`quarantined` integer NOT NULL,
	`error` text,
	PRIMARY KEY(`update_id`, `position`),
	FOREIGN KEY (`update_id`) REFERENCES `hub_update`(`id`) ON UPDATE no action ON DELETE no action
);
