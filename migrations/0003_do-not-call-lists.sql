CREATE TABLE `do_not_call_chunks` (
	`import_id` integer NOT NULL,
	`n` integer NOT NULL,
	`rows` integer NOT NULL,
	`added` integer NOT NULL,
	`known` integer NOT NULL,
	`invalid` integer NOT NULL,
	`faults` text NOT NULL,
	PRIMARY KEY(`import_id`, `n`)
);
--> statement-breakpoint
CREATE TABLE `do_not_call_imports` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`list` text NOT NULL,
	`file_name` text NOT NULL,
	`country` text NOT NULL,
	`reason` text,
	`by_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE TABLE `do_not_call_numbers` (
	`list` text NOT NULL,
	`number` text NOT NULL,
	`at` integer NOT NULL,
	`by_id` text,
	`reason` text,
	`import_id` integer,
	PRIMARY KEY(`list`, `number`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `do_not_call_ending` ON `do_not_call_numbers` (`list`,substr(`number`, -4));--> statement-breakpoint
CREATE TABLE `do_not_call_prefixes` (
	`list` text NOT NULL,
	`prefix` text NOT NULL,
	`at` integer NOT NULL,
	`by_id` text NOT NULL,
	`reason` text,
	PRIMARY KEY(`list`, `prefix`)
);
--> statement-breakpoint
CREATE TABLE `do_not_call_version` (
	`id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL
);--> statement-breakpoint
INSERT INTO `do_not_call_version` (`id`, `version`) VALUES (1, 1);--> statement-breakpoint
INSERT INTO `do_not_call_numbers` (`list`, `number`, `at`, `by_id`, `reason`) SELECT 'global', `number`, `at`, `by_id`, `reason` FROM `do_not_call`;
