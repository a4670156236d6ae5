CREATE INDEX `entries_arrival` ON `entries` (`pool_id`,CAST("entry_id" AS INTEGER));--> statement-breakpoint
CREATE INDEX `entries_state` ON `entries` (`pool_id`,`state`,CAST("entry_id" AS INTEGER));