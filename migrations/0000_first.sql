CREATE TABLE `attempts` (
	`id` text PRIMARY KEY NOT NULL,
	`pool_id` text NOT NULL,
	`entry_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`customer_name` text,
	`phone` text NOT NULL,
	`agent_id` text NOT NULL,
	`agent_name` text NOT NULL,
	`at` integer NOT NULL,
	`attempt` integer NOT NULL,
	`disposition` text,
	`flags` text DEFAULT '[]' NOT NULL,
	`note` text,
	`call_id` text,
	`by_handset` integer NOT NULL,
	`talk_ms` integer,
	`late` integer NOT NULL,
	`corrected_at` integer,
	`seq` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `attempts_at` ON `attempts` (`at`,`id`);--> statement-breakpoint
CREATE INDEX `attempts_pool` ON `attempts` (`pool_id`,`at`);--> statement-breakpoint
CREATE INDEX `attempts_agent` ON `attempts` (`agent_id`,`at`);--> statement-breakpoint
CREATE INDEX `attempts_customer` ON `attempts` (`customer_id`,`at`);--> statement-breakpoint
CREATE TABLE `audit` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor_id` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`detail` text DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_at` ON `audit` (`at`);--> statement-breakpoint
CREATE TABLE `calls` (
	`id` text PRIMARY KEY NOT NULL,
	`agent_id` text NOT NULL,
	`agent_name` text NOT NULL,
	`other` text NOT NULL,
	`pool_id` text,
	`entry_id` text,
	`direction` text NOT NULL,
	`started_at` integer NOT NULL,
	`answered_at` integer,
	`ended_at` integer,
	`talk_ms` integer NOT NULL,
	`hangup_cause` text,
	`sip_status` integer,
	`ended_by` text,
	`rev` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `calls_started` ON `calls` (`started_at`);--> statement-breakpoint
CREATE INDEX `calls_agent` ON `calls` (`agent_id`,`started_at`);--> statement-breakpoint
CREATE TABLE `customers` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text,
	`phone` text NOT NULL,
	`phone_given` text NOT NULL,
	`user_code` text,
	`email` text,
	`notes` text,
	`language` text,
	`time_zone` text,
	`tags` text DEFAULT '[]' NOT NULL,
	`custom` text DEFAULT '{}' NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `customers_phone` ON `customers` (`phone`);--> statement-breakpoint
CREATE INDEX `customers_name` ON `customers` (`name`);--> statement-breakpoint
CREATE INDEX `customers_user_code` ON `customers` (`user_code`);--> statement-breakpoint
CREATE TABLE `do_not_call` (
	`number` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`by_id` text NOT NULL,
	`reason` text
);
--> statement-breakpoint
CREATE TABLE `entries` (
	`pool_id` text NOT NULL,
	`entry_id` text NOT NULL,
	`customer_id` text NOT NULL,
	`state` text NOT NULL,
	`priority` integer NOT NULL,
	`attempts` integer NOT NULL,
	`owner_id` text,
	`due_at` integer,
	`last_disposition` text,
	`seq` integer NOT NULL,
	PRIMARY KEY(`pool_id`, `entry_id`)
);
--> statement-breakpoint
CREATE INDEX `entries_customer` ON `entries` (`customer_id`);--> statement-breakpoint
CREATE TABLE `imports` (
	`id` text PRIMARY KEY NOT NULL,
	`pool_id` text NOT NULL,
	`file_name` text NOT NULL,
	`sha256` text NOT NULL,
	`state` text NOT NULL,
	`counts` text NOT NULL,
	`by_id` text NOT NULL,
	`by_name` text NOT NULL,
	`created_at` integer NOT NULL,
	`committed_at` integer
);
--> statement-breakpoint
CREATE INDEX `imports_pool` ON `imports` (`pool_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `pool_members` (
	`pool_id` text NOT NULL,
	`user_id` text NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`pool_id`, `user_id`)
);
--> statement-breakpoint
CREATE INDEX `pool_members_user` ON `pool_members` (`user_id`);--> statement-breakpoint
CREATE TABLE `pools` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`country` text NOT NULL,
	`state` text DEFAULT 'open' NOT NULL,
	`settings` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `projections` (
	`room` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `setup` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `setup_token` ON `setup` (`token_hash`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`name` text NOT NULL,
	`role` text NOT NULL,
	`extension` text,
	`password_hash` text NOT NULL,
	`must_change_password` integer DEFAULT false NOT NULL,
	`preferences` text DEFAULT '{}' NOT NULL,
	`disabled_at` integer,
	`created_at` integer NOT NULL,
	`last_sign_in_at` integer,
	`version` integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_username_unique` ON `users` (`username`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_extension_unique` ON `users` (`extension`);