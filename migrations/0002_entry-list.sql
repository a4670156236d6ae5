CREATE TABLE `entry_views` (
	`id` text PRIMARY KEY NOT NULL,
	`pool_id` text NOT NULL,
	`user_id` text NOT NULL,
	`user_name` text NOT NULL,
	`name` text NOT NULL,
	`is_shared` integer NOT NULL,
	`shows` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `entry_views_pool` ON `entry_views` (`pool_id`);--> statement-breakpoint
ALTER TABLE `entries` ADD `tries` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `entries` ADD `callback_at` integer;--> statement-breakpoint
ALTER TABLE `entries` ADD `callback_for` text;--> statement-breakpoint
ALTER TABLE `entries` ADD `tags` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `entries` ADD `lists` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `entries` ADD `search` text DEFAULT '' NOT NULL;