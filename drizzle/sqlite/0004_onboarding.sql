CREATE TABLE `audit_entry` (
	`tenant_id` text NOT NULL,
	`seq` integer NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text,
	`outcome` text NOT NULL,
	`previous_hash` text NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`tenant_id`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `audit_head` (
	`tenant_id` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `client_certificate` (
	`fingerprint` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`serial_number` text NOT NULL,
	`pem` text NOT NULL,
	`not_before` integer NOT NULL,
	`not_after` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`tenant_id`) REFERENCES `tenant`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `client_certificate_tenant` ON `client_certificate` (`tenant_id`,`not_before`);--> statement-breakpoint
CREATE TABLE `operator` (
	`id` text PRIMARY KEY NOT NULL,
	`key_id` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`created_at` integer NOT NULL,
	`revoked_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `operator_key` ON `operator` (`key_id`);--> statement-breakpoint
ALTER TABLE `tenant` ADD `status` text NOT NULL DEFAULT 'VERIFIED';--> statement-breakpoint
ALTER TABLE `tenant` ADD `email` text;--> statement-breakpoint
ALTER TABLE `tenant` ADD `products` text NOT NULL DEFAULT '["AIS","KYC"]';--> statement-breakpoint
ALTER TABLE `tenant` ADD `requested_products` text NOT NULL DEFAULT '["AIS","KYC"]';--> statement-breakpoint
ALTER TABLE `tenant` ADD `sandbox_tenant_id` text;--> statement-breakpoint
ALTER TABLE `tenant` ADD `certificate_request` text;--> statement-breakpoint
ALTER TABLE `tenant` ADD `allowed_addresses` text NOT NULL DEFAULT '[]';--> statement-breakpoint
CREATE INDEX `tenant_status` ON `tenant` (`status`,`id`);--> statement-breakpoint
CREATE INDEX `tenant_sandbox` ON `tenant` (`sandbox_tenant_id`);--> statement-breakpoint
CREATE INDEX `bank_grant_opening` ON `bank_grant` (`created_at`) WHERE status = 'OPENING';--> statement-breakpoint
CREATE TRIGGER `audit_entry_no_update` BEFORE UPDATE ON `audit_entry` BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_entry_no_delete` BEFORE DELETE ON `audit_entry` BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
