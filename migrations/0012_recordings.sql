CREATE TABLE `recordings` (
	`id` text PRIMARY KEY NOT NULL,
	`source` text NOT NULL,
	`call_id` text,
	`attempt_id` text,
	`agent_id` text NOT NULL,
	`agent_name` text NOT NULL,
	`other` text NOT NULL,
	`pool_id` text,
	`direction` text,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`duration_ms` integer NOT NULL,
	`channels` integer NOT NULL,
	`mime_type` text NOT NULL,
	`bytes` integer NOT NULL,
	`gaps` text DEFAULT '[]' NOT NULL,
	`state` text NOT NULL,
	`is_cut` integer DEFAULT false NOT NULL,
	`consent` text,
	`file_name` text,
	`key_version` integer NOT NULL,
	`wrapped_key` text NOT NULL,
	`pieces` text DEFAULT '[]' NOT NULL,
	`rev` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `recordings_started` ON `recordings` (`started_at`,`id`);--> statement-breakpoint
CREATE INDEX `recordings_agent` ON `recordings` (`agent_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `recordings_pool` ON `recordings` (`pool_id`,`started_at`);--> statement-breakpoint
CREATE INDEX `recordings_call` ON `recordings` (`call_id`);--> statement-breakpoint
CREATE INDEX `recordings_attempt` ON `recordings` (`attempt_id`);--> statement-breakpoint
CREATE INDEX `recordings_key` ON `recordings` (`key_version`);--> statement-breakpoint
CREATE INDEX `audit_subject` ON `audit` (`subject`,`at`);