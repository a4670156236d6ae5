CREATE TABLE `trunks` (
	`id` text PRIMARY KEY NOT NULL,
	`settings` text NOT NULL,
	`secret` text NOT NULL,
	`version` integer NOT NULL,
	`created_at` integer NOT NULL
);
