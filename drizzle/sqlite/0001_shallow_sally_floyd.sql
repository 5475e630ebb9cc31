CREATE TABLE `points_spent` (
	`tenant_id` text NOT NULL,
	`user_id` text NOT NULL,
	`minute` integer NOT NULL,
	`points` integer NOT NULL,
	PRIMARY KEY(`tenant_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `points_spent_user` ON `points_spent` (`user_id`);