CREATE TABLE `bank_habit` (
	`bank_id` text PRIMARY KEY NOT NULL,
	`names` text NOT NULL,
	`late_days` integer NOT NULL,
	`pending_days` integer NOT NULL,
	`dates_ignored_at` integer
);
--> statement-breakpoint
ALTER TABLE `hub_update` ADD `attended_at` integer;