CREATE TABLE sale(id INTEGER PRIMARY KEY, region TEXT NOT NULL, item TEXT, price REAL CHECK (price >= 0));
CREATE INDEX by_region ON sale(region, item);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
INSERT INTO sale SELECT i, substr('northsoutheast west ', 1 + 5 * (i % 4), 5), printf('item%02d', i * 7 % 31), i * 13 % 997 / 4.0 FROM n;
COMMIT;
BEGIN;
DELETE FROM sale;
SELECT 'inside', count(*) FROM sale;
ROLLBACK;
SELECT 'after', count(*) FROM sale;
SELECT region, count(*), round(sum(price), 2), max(item) FROM sale GROUP BY region ORDER BY region;
UPDATE sale SET price = price * 1.1 WHERE item LIKE '%3';
SELECT item, avg(price) FROM sale WHERE region = 'north' GROUP BY item HAVING count(*) > 3 ORDER BY 2 DESC LIMIT 4;
CREATE VIEW dear AS SELECT * FROM sale WHERE price > (SELECT avg(price) * 1.8 FROM sale);
SELECT a.id, b.id FROM dear a JOIN dear b ON a.item = b.item AND a.id < b.id ORDER BY 1, 2 LIMIT 5;
CREATE TRIGGER kept BEFORE DELETE ON sale WHEN old.id = 1 BEGIN SELECT RAISE(ABORT, 'kept'); END;
DELETE FROM sale WHERE id <= 3;
SAVEPOINT s; DELETE FROM sale WHERE id = 2; ROLLBACK TO s; RELEASE s;
SELECT id, lag(price, 1, 0) OVER (ORDER BY id) FROM sale LIMIT 3;
INSERT INTO sale VALUES (1, 'x', 'y', 1);
PRAGMA journal_mode=WAL;
INSERT INTO sale VALUES (1000, 'far', 'last', 1.5);
PRAGMA wal_checkpoint(TRUNCATE);
PRAGMA integrity_check;
VACUUM;
SELECT count(*), total(price) FROM sale;
.mode csv
.headers on
SELECT * FROM sale ORDER BY id DESC LIMIT 2;
