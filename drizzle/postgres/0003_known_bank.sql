CREATE TABLE "known_bank" (
	"id" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"country" text collate "C" NOT NULL,
	"bic" text collate "C",
	"national_bank_code" text collate "C",
	"logo" text collate "C",
	"standard" text collate "C" NOT NULL,
	"environment" text collate "C" NOT NULL,
	"psu_types" text NOT NULL,
	"scopes" text NOT NULL,
	"max_history_days" bigint,
	"max_consent_days" bigint,
	"unattended_calls_per_day" bigint NOT NULL,
	"time_zone" text collate "C" NOT NULL,
	CONSTRAINT "known_bank_id_pk" PRIMARY KEY("id")
);
