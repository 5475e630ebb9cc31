CREATE TABLE "points_spent" (
	"tenant_id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"minute" bigint NOT NULL,
	"points" bigint NOT NULL,
	CONSTRAINT "points_spent_tenant_id_user_id_pk" PRIMARY KEY("tenant_id","user_id")
);
--> statement-breakpoint
CREATE INDEX "points_spent_user" ON "points_spent" USING btree ("user_id");