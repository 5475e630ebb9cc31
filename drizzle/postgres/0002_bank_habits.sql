CREATE TABLE "bank_habit" (
	"bank_id" text collate "C" NOT NULL,
	"names" text NOT NULL,
	"late_days" bigint NOT NULL,
	"pending_days" bigint NOT NULL,
	"dates_ignored_at" bigint,
	CONSTRAINT "bank_habit_bank_id_pk" PRIMARY KEY("bank_id")
);
--> statement-breakpoint
ALTER TABLE "hub_update" ADD COLUMN "attended_at" bigint;