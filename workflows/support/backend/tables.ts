// Days are whole days since 1970-01-01, amounts are cents, moments are milliseconds since the epoch.
export const TABLES = `
CREATE TABLE customers (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, phone TEXT NOT NULL, zip TEXT NOT NULL,
  gift_card TEXT
) STRICT;
CREATE TABLE products (sku TEXT PRIMARY KEY, name TEXT NOT NULL, size TEXT, stock INTEGER NOT NULL) STRICT;
CREATE TABLE orders (
  id TEXT PRIMARY KEY, customer TEXT NOT NULL REFERENCES customers, status TEXT NOT NULL,
  placed_on INTEGER NOT NULL, promised_on INTEGER NOT NULL, shipping INTEGER NOT NULL,
  paid_by TEXT NOT NULL, paid_label TEXT NOT NULL, gift INTEGER NOT NULL,
  addressee TEXT NOT NULL, street TEXT NOT NULL, state TEXT NOT NULL, zip TEXT NOT NULL
) STRICT;
CREATE TABLE items (
  order_id TEXT NOT NULL REFERENCES orders, line INTEGER NOT NULL, sku TEXT NOT NULL REFERENCES products,
  price INTEGER NOT NULL, final_sale INTEGER NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (order_id, line)
) STRICT;
CREATE TABLE shipments (
  order_id TEXT PRIMARY KEY REFERENCES orders, carrier TEXT NOT NULL, tracking TEXT NOT NULL, state TEXT NOT NULL,
  shipped_on INTEGER NOT NULL, delivered_on INTEGER, left_at TEXT
) STRICT;
CREATE TABLE returns (
  id INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders, kind TEXT NOT NULL, lines TEXT NOT NULL,
  why TEXT NOT NULL, amount INTEGER NOT NULL, method TEXT NOT NULL, state TEXT NOT NULL,
  opened_on INTEGER NOT NULL, send_by INTEGER NOT NULL
) STRICT;
CREATE TABLE refunds (
  id INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders, reason TEXT NOT NULL, amount INTEGER NOT NULL,
  method TEXT NOT NULL, state TEXT NOT NULL, made_on INTEGER NOT NULL, expected_on INTEGER NOT NULL
) STRICT;
CREATE TABLE warranties (
  order_id TEXT NOT NULL, line INTEGER NOT NULL, ends_on INTEGER NOT NULL, claim INTEGER, fault TEXT, remedy TEXT,
  PRIMARY KEY (order_id, line), FOREIGN KEY (order_id, line) REFERENCES items
) STRICT;
CREATE TABLE cases (
  id INTEGER PRIMARY KEY, topic TEXT NOT NULL, text TEXT NOT NULL, customer TEXT, order_id TEXT,
  session TEXT NOT NULL, made_at INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_of_customer ON orders (customer);
`;
