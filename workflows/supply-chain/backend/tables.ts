/**
 * Days are whole days since 1970-01-01, hours are of the day (9 is nine o'clock), amounts are cents, moments are
 * milliseconds since the epoch.
 */
export const TABLES = `
CREATE TABLE companies (id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, gln TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE contacts (
  id TEXT PRIMARY KEY, company TEXT NOT NULL REFERENCES companies, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE,
  phone TEXT NOT NULL, zip TEXT NOT NULL
) STRICT;
CREATE TABLE products (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, gtin TEXT NOT NULL UNIQUE, carton_value INTEGER NOT NULL
) STRICT;
CREATE TABLE shipments (
  id TEXT PRIMARY KEY, way TEXT NOT NULL, status TEXT NOT NULL, partner TEXT NOT NULL REFERENCES companies,
  carrier TEXT NOT NULL REFERENCES companies, pro TEXT NOT NULL UNIQUE, zip TEXT NOT NULL,
  product TEXT NOT NULL REFERENCES products, lot TEXT NOT NULL, cartons INTEGER NOT NULL,
  shipped_on INTEGER, due_on INTEGER NOT NULL, expected_on INTEGER, reason TEXT,
  seen_on INTEGER, seen_at TEXT, delivered_on INTEGER
) STRICT;
CREATE TABLE pallets (sscc TEXT PRIMARY KEY, shipment TEXT NOT NULL REFERENCES shipments) STRICT;
CREATE TABLE bookings (
  id INTEGER PRIMARY KEY, day INTEGER NOT NULL, hour INTEGER NOT NULL, dock INTEGER NOT NULL,
  shipment TEXT REFERENCES shipments
) STRICT;
CREATE TABLE promises (
  shipment TEXT PRIMARY KEY REFERENCES shipments, supplier TEXT NOT NULL REFERENCES companies, po TEXT NOT NULL,
  first_day INTEGER NOT NULL, day INTEGER
) STRICT;
CREATE TABLE claims (
  id INTEGER PRIMARY KEY, shipment TEXT NOT NULL REFERENCES shipments, cartons INTEGER NOT NULL, damage TEXT NOT NULL,
  amount INTEGER NOT NULL, contact TEXT REFERENCES contacts, opened_on INTEGER NOT NULL
) STRICT;
CREATE TABLE traces (
  id INTEGER PRIMARY KEY, shipment TEXT NOT NULL REFERENCES shipments, session TEXT NOT NULL,
  opened_at INTEGER NOT NULL, found TEXT
) STRICT;
CREATE TABLE messages (
  id INTEGER PRIMARY KEY, contact TEXT NOT NULL REFERENCES contacts, about TEXT NOT NULL,
  shipment TEXT NOT NULL REFERENCES shipments, sent_at INTEGER NOT NULL
) STRICT;
CREATE TABLE misses (session TEXT NOT NULL, shipment TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE events (
  id TEXT PRIMARY KEY, shipment TEXT NOT NULL REFERENCES shipments, recorded_at INTEGER NOT NULL, event TEXT NOT NULL
) STRICT;
CREATE INDEX misses_of_shipment ON misses (shipment);
`;
