CREATE TABLE `teams` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`members` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL
);
