CREATE TABLE `call_legs` (
	`call_id` text NOT NULL,
	`user_id` text NOT NULL,
	`mos` real NOT NULL,
	`worst_mos` real NOT NULL,
	`loss` real NOT NULL,
	`delay_ms` integer NOT NULL,
	`jitter_ms` integer,
	`seconds` integer NOT NULL,
	`codec` text NOT NULL,
	PRIMARY KEY(`call_id`, `user_id`)
);
