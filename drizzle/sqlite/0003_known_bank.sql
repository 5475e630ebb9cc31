CREATE TABLE `known_bank` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`country` text NOT NULL,
	`bic` text,
	`national_bank_code` text,
	`logo` text,
	`standard` text NOT NULL,
	`environment` text NOT NULL,
	`psu_types` text NOT NULL,
	`scopes` text NOT NULL,
	`max_history_days` integer,
	`max_consent_days` integer,
	`unattended_calls_per_day` integer NOT NULL,
	`time_zone` text NOT NULL
);
