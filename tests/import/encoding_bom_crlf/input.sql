-- HeidiSQL
CREATE TABLE `t` (
	`id` INT(10) NOT NULL,
	`s` VARCHAR(50) NULL DEFAULT NULL COLLATE 'utf8mb4_general_ci',
	PRIMARY KEY (`id`) USING BTREE
)
COLLATE='utf8mb4_general_ci'
ENGINE=InnoDB
;
INSERT INTO `t` (`id`, `s`) VALUES
	(1, 'a
b'),
	(2, NULL);
