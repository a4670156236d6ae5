ALTER TABLE `attempts` ADD `tags` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE `attempts` ADD `answers` text DEFAULT '[]' NOT NULL;