ALTER TABLE `recordings` ADD `held_at` integer;--> statement-breakpoint
ALTER TABLE `recordings` ADD `deleted_at` integer;--> statement-breakpoint
CREATE INDEX `recordings_state` ON `recordings` (`state`,`started_at`,`id`);