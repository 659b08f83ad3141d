/* What the downloads contain: for each kind of record its columns, from one table each.
 *
 * A cell is read from a record as a value; the format decides how it looks. Pure.
 */
#ifndef KIOSK_REPORT_COLUMNS_H
#define KIOSK_REPORT_COLUMNS_H

#include "kiosk/store/query.h"

enum cell_type {
    CELL_UNKNOWN, /* CSV: empty; JSON: null */
    CELL_NUMBER,
    CELL_TENTHS, /* a number in tenths */
    CELL_DAY,    /* local_day() */
    CELL_TIME,   /* UTC ms; CSV: local time, JSON: ISO 8601 */
    CELL_WORD,   /* one of our own words: `text` is its id, `shown` its Chinese */
    CELL_TEXT    /* text from elsewhere */
};

typedef struct cell_t {
    enum cell_type type;
    int64_t number;
    const char *text; /* borrowed from the record or constant */
    const char *shown;
} cell_t;

struct column {
    const char *name; /* JSON key or CSV header; NULL ends the table */
    cell_t (*cell)(const struct ledger_record *record);
};

const struct column *columns_csv(enum record_kind kind);
const struct column *columns_json(enum record_kind kind);

/* The Chinese word of a kind of record, for file names. */
const char *word_record(enum record_kind kind);

#endif
